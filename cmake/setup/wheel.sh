# shellcheck shell=bash disable=SC2154 # variables of lidit and of the other parts
# Wheels of the Python package index: pinned, checked, unpacked without running any Python of theirs.

# The wheels are taken for one platform whatever Python is here: they are archives to us.
pip_platform=(--python-version 3.12 --implementation cp --abi cp312
  --platform manylinux_2_28_x86_64 --platform manylinux_2_25_x86_64
  --platform manylinux_2_17_x86_64 --platform manylinux2014_x86_64)

# wheels_of LOCK GROUP: the lines `PACKAGE==VERSION SHA256 BYTES` of a group.
wheels_of() { pinned_in "$1" wheel "$2"; }

# fetch_wheel PACKAGE==VERSION SHA256 BYTES: the file $wheel, with this hash. A wheel that an
# interrupted call had finished is used again.
fetch_wheel() {
  local requirement=$1 sha256=$2 bytes=$3 partial=$LIDIT_HOME/wheel.partial
  wheel=$LIDIT_HOME/wheels/$requirement.whl
  matches "$sha256" "$wheel" && return
  rm -rf -- "$wheel" "$partial"
  mkdir -p "$LIDIT_HOME/wheels" "$partial/tmp"
  need_space "$LIDIT_HOME" $((2 * bytes + (16 << 20))) "downloading $requirement"
  say "downloading $requirement ($(mebibytes "$bytes") MiB)"
  printf '%s --hash=sha256:%s\n' "$requirement" "$sha256" >"$partial/requirement.txt"
  local quiet=(-q)
  [[ -t 2 ]] && quiet=()
  # pip keeps nothing outside LIDIT_HOME: no cache, and its temporary folder is ours.
  TMPDIR=$partial/tmp python3 -m pip download "${quiet[@]}" --log "$partial/log" --no-cache-dir --no-deps \
    --only-binary=:all: --require-hashes "${pip_platform[@]}" \
    -d "$partial/got" -r "$partial/requirement.txt" </dev/null >&2 2>"$partial/errors" ||
    explain_pip "$requirement" "$partial"
  local got=("$partial"/got/*.whl)
  matches "$sha256" "${got[0]}" ||
    die 3 "the download of $requirement does not have the pinned sha256 $sha256: try again, or check the package index that pip is configured for"
  mv -- "${got[0]}" "$wheel"
  rm -rf -- "$partial"
}

# explain_pip REQUIREMENT FOLDER: pip's failure in one sentence, from the folder's log and errors.
explain_pip() {
  local log=$LIDIT_HOME/pip.log
  cat "$2/log" "$2/errors" >"$log" 2>/dev/null || true
  case $(<"$log") in
    *'No module named pip'*)
      die 3 "python3 has no pip: install Debian's python3-pip, then call this again" ;;
    *'No space left on device'*)
      die 3 "the disk of $LIDIT_HOME is full: make room, or set LIDIT_HOME to a folder on another disk" ;;
    *'DO NOT MATCH THE HASHES'*)
      die 3 "the package index that pip is configured for offers another $1 than the pinned one (sha256 differs); all of it: $log" ;;
    *'connection error'* | *'Retrying'* | *'timed out'* | *'SSL'* | *'ProxyError'*)
      die 3 "no network to the package index: $1 could not be downloaded (all of it: $log)" ;;
    *) die 3 "pip could not download $1: $(last_error "$log") (all of it: $log)" ;;
  esac
}

# unpack WHEEL FOLDER PATTERN...: the members that match a pattern.
unpack() {
  local archive=$1 folder=$2
  shift 2
  unzip -q -o "$archive" "$@" -d "$folder" </dev/null >&2 ||
    die 3 "cannot unpack $archive into $folder: is the disk full?"
}
