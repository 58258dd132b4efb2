# shellcheck shell=bash disable=SC2154 # variables of lidit and of the other parts
# What every part of the set-up uses. Sourced by `lidit`, which sets $root (the checkout) and
# LIDIT_HOME. Everything said goes to stderr: stdout belongs to the program.

say() { printf 'lidit: %s\n' "$*" >&2; }

# die CODE SENTENCE: 1 something failed, 2 the user's mistake, 3 the machine lacks something.
die() {
  local code=$1
  shift
  say "$*"
  exit "$code"
}

# words_of FILE...: the words of a package list, without comments.
words_of() { sed 's/#.*//' "$@" | xargs -n 1; }

# pinned_in LOCK KIND GROUP: what follows these two words on the lines that begin with them.
pinned_in() {
  local kind group rest
  while read -r kind group rest; do
    [[ $kind == "$2" && $group == "$3" ]] && echo "$rest"
  done <"$1"
  return 0
}

# need_space FOLDER BYTES PURPOSE: refuses before work is begun that cannot end.
need_space() {
  local free
  free=$(df -B1 --output=avail -- "$1" | tail -n 1)
  ((free >= $2)) && return
  die 3 "$3 needs $(mebibytes "$2") MiB free at $1, which has $(mebibytes "$free"):" \
    "make room there, or set LIDIT_HOME to a folder on another disk"
}

mebibytes() { echo $((($1 + 1048575) / 1048576)); }

# lock, unlock: one call at a time changes LIDIT_HOME; others wait. The lock ends with the process.
lock() {
  { mkdir -p "$LIDIT_HOME" && : >>"$LIDIT_HOME/.lock"; } 2>/dev/null ||
    die 3 "cannot write to $LIDIT_HOME: set LIDIT_HOME to a folder of your own"
  exec 9>>"$LIDIT_HOME/.lock"
  if ! flock -n 9; then
    say "another call is setting up or building in $LIDIT_HOME: waiting for it"
    flock 9
  fi
}

unlock() { exec 9>&-; }

# Every half-made folder is a *.partial in LIDIT_HOME; whoever has the lock may remove it.
remove_partial() { rm -rf -- "$LIDIT_HOME"/*.partial "$LIDIT_HOME"/models/*.partial; }

# matches SHA256 FILE
matches() { [[ -f $2 && $(sha256sum <"$2") == "$1  -" ]]; }
