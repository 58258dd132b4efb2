# shellcheck shell=bash disable=SC2154 # variables of lidit and of the other parts
# What this machine has and lacks. Works before anything is installed and changes nothing; the
# program adds its own part when it is built. Exit code 3 when something has to be set up first.

doctor() {
  local lacks=0
  report_system
  report_packages || lacks=1
  report_torch || lacks=1
  report_program || lacks=1
  report_models
  report_optional
  if [[ -x $program ]] && ((!lacks)); then
    echo
    exec "$program" doctor
  fi
  echo
  echo "missing: call ./lidit setup, which says what it cannot do by itself"
  exit 3
}

row() { printf '%-12s %s\n' "$1" "${*:2}"; }

report_system() {
  row system "$(. /etc/os-release 2>/dev/null && echo "${PRETTY_NAME:-unknown}"), $(uname -m), $(nproc) cores," \
    "$(awk '/^MemTotal:/ { printf "%.0f GiB", $2 / 1048576 }' /proc/meminfo)"
  row folder "$LIDIT_HOME, $(mebibytes "$(df -B1 --output=avail -- "$(existing "$LIDIT_HOME")" | tail -n 1)") MiB free"
}

# existing FOLDER: it, or the nearest folder above it that is there.
existing() {
  local folder=$1
  while [[ ! -d $folder ]]; do folder=$(dirname -- "$folder"); done
  echo "$folder"
}

report_packages() {
  local missing
  missing=$(missing_packages "$root/cmake/apt.txt" | paste -sd' ')
  row packages "${missing:+missing: }${missing:-all of cmake/apt.txt}"
  row compiler "$(g++ --version 2>/dev/null | head -n 1 || true)"
  [[ -z $missing ]]
}

report_torch() {
  local version lacking
  version=$(version_of_torch "$torch")
  row LibTorch "${version:-missing} ($torch)"
  [[ $version == "$torch_version" ]] || return 1
  lacking=$(lacking_libraries "$torch" | paste -sd' ')
  [[ -z $lacking ]] && return
  row '' "the loader does not find: $lacking"
  return 1
}

report_program() {
  if up_to_date; then
    row program "$program"
  elif [[ -x $program ]]; then
    row program "older than its sources: the next call builds it"
  else
    row program "not built"
    return 1
  fi
}

report_models() {
  local name
  for name in $(model_names); do
    if has_model "$name"; then row model "$name"; else row model "$name is not fetched"; fi
  done
}

report_optional() {
  if [[ -e /dev/nvidiactl ]]; then
    row GPU "$(nvidia-smi --query-gpu=name,driver_version --format=csv,noheader 2>/dev/null || echo 'driver without nvidia-smi')"
  else
    row GPU "no driver: everything runs on the CPU"
  fi
  row Slurm "$(sbatch --version 2>/dev/null || echo 'not installed')"
}
