# shellcheck shell=bash disable=SC2154 # variables of lidit and of the other parts
# Debian packages of cmake/apt*.txt.

# missing_packages LIST...: those that are not installed, one a line; asks dpkg only, no network.
missing_packages() {
  comm -23 <(words_of "$@" | sort -u) \
    <(dpkg-query -W -f='${db:Status-Status} ${Package}\n' 2>/dev/null |
      sed -n 's/^installed //p' | sort -u)
}

# setup_packages LIST...: installs what is missing, as root or by a sudo that asks nothing.
setup_packages() {
  local missing as_root=() log=$LIDIT_HOME/apt.log
  missing=$(missing_packages "$@" | tr '\n' ' ')
  missing=${missing% }
  [[ -n $missing ]] || return 0
  command -v apt-get >/dev/null ||
    die 3 "this machine has no apt-get; the set-up knows Debian 12, where these packages are needed: $missing"
  if ((EUID != 0)); then
    sudo -n true 2>/dev/null ||
      die 3 "these Debian packages are missing and installing them needs root, so run: apt-get install --no-install-recommends $missing"
    as_root=(sudo -n)
  fi
  need_space / $((700 << 20)) "installing Debian packages"
  say "installing Debian packages: $missing"
  # A broken list of somebody else's must not stop the set-up: the installation itself decides.
  "${as_root[@]}" apt-get -qq update </dev/null >"$log" 2>&1 || true
  # shellcheck disable=SC2086 # a list of words
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get -qq install -y --no-install-recommends $missing </dev/null >>"$log" 2>&1 ||
    die 3 "apt-get could not install $missing: $(last_error "$log") (all of it: $log)"
}

# last_error LOG: what went wrong, in apt's or pip's own words.
last_error() { grep -oE '\b(E|ERROR|Err): .*' "$1" | tail -n 1 | grep . || tail -n 1 "$1"; }
