#!/usr/bin/env bash
# Tries spondyl.sbatch on a Slurm of one node made for it: 20 phantoms, one task killed midway, the rest unharmed, the
# same line submitted again does what is missing and touches nothing else. Needs root on a machine without a Slurm of its
# own, and the packages slurm-wlm and munge (--install gets them). Ends everything that it started.
#   scripts/deploy/try-slurm.sh [--install] [FOLDER_OF_PROGRAMS]       (default: build/release/bin)
set -euo pipefail
cd "$(dirname "$0")/../.."
[ "$(id -u)" = 0 ] || { echo "try-slurm.sh needs root: it starts Slurm's daemons" >&2; exit 2; }
if [ "${1:-}" = --install ]; then
  shift
  apt-get install -y --no-install-recommends slurm-wlm munge > /dev/null
fi
bin=$(realpath "${1:-build/release/bin}")
export SPONDYL_CLI="$bin/spondyl-cli"
count=20
work=$(mktemp -d)
chmod 755 "$work"
pids=()
finish() {
  scancel --user root > /dev/null 2>&1 || true
  for pid in "${pids[@]}"; do kill "$pid" 2> /dev/null || true; done
  wait 2> /dev/null || true
  rm -rf "$work"
}
trap finish EXIT
say() { printf '== %s\n' "$*"; }

say "munge and Slurm on $(hostname -s)"
host=$(hostname -s)
mkdir -p "$work/munge" "$work/state" "$work/spool"
dd if=/dev/urandom of="$work/munge/key" bs=1024 count=1 2> /dev/null
chmod 600 "$work/munge/key"
chmod 711 "$work/munge"
munged --foreground --force --socket="$work/munge/socket" --key-file="$work/munge/key" --pid-file="$work/munge/pid" \
  --seed-file="$work/munge/seed" --log-file="$work/munge/log" > /dev/null 2>&1 &
pids+=($!)
cat > "$work/slurm.conf" << CONF
ClusterName=spondyl
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=16817
SlurmdPort=16818
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$work/munge/socket
CredType=cred/munge
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=all Nodes=$host Default=YES MaxTime=INFINITE State=UP
CONF
export SLURM_CONF="$work/slurm.conf"
slurmctld -D > "$work/slurmctld.log" 2>&1 &
pids+=($!)
slurmd -D > "$work/slurmd.log" 2>&1 &
pids+=($!)
for _ in $(seq 60); do
  sinfo -h -o %T 2> /dev/null | grep -q idle && break
  sleep 1
done
sinfo -h -o %T | grep -q idle || { tail "$work/slurmctld.log" "$work/slurmd.log" >&2; exit 1; }

say "$count phantoms"
for n in $(seq "$count"); do
  "$SPONDYL_CLI" phantom --out "$work/p$n" --spacing 4 --levels L2-S1 --seed "$n" --quiet
  echo "$work/p$n/dicom"
done > "$work/studies.txt"

submit() {
  sbatch --parsable --array="1-$count" --mem=0 --output="$work/log-%a" scripts/deploy/spondyl.sbatch "$work/studies.txt" \
    "$work/results"
}
complete() { find "$work/results" -mindepth 2 -maxdepth 2 -name run.json 2> /dev/null | wc -l; }
ended() {
  while squeue -h -j "$1" 2> /dev/null | grep -q .; do sleep 1; done
}

say "first run, one task killed midway"
started=$SECONDS
job=$(submit)
until [ "$(squeue -h -j "$job" -t R | wc -l)" -gt 0 ] && [ "$(complete)" -ge 3 ]; do sleep 0.2; done
task=$(squeue -h -j "$job" -t R -o %K | head -1)
scancel --signal=KILL --full "${job}_$task"
ended "$job"
first=$(complete)
say "task $task killed; $first of $count complete after $((SECONDS - started)) s"
[ "$first" -lt "$count" ] || { echo "the kill came too late to show anything" >&2; exit 1; }
[ "$first" -ge $((count - 2)) ] || { tail -n 3 "$work"/log-* >&2; exit 1; }
find "$work/results" -type f -exec sha256sum {} + | sort > "$work/before"

say "the same line again"
started=$SECONDS
ended "$(submit)"
say "$(complete) of $count complete after $((SECONDS - started)) s"
[ "$(complete)" = "$count" ]
find "$work/results" -type f -exec sha256sum {} + | sort > "$work/after"
if comm -23 "$work/before" "$work/after" | grep -v -e '\.part' -e '\.tmp'; then
  echo "results of the first run were changed" >&2
  exit 1
fi
leftover=$(find "$work/results" -mindepth 1 -maxdepth 1 | wc -l)
[ "$leftover" = "$count" ] || { ls -A "$work/results" >&2; exit 1; }
say "good: $count studies, nothing changed, nothing left over"
