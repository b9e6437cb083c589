#!/bin/sh
# Reproduces the shipped CT network: pool of phantoms, training by the clock, evaluation, package.
#   inference/training/train.sh [MINUTES]
# PYTHON names the interpreter with requirements.txt installed, POOL_TOOL the generator
# (spondyl-phantom-pool). Interrupted? Run it again: the pool is kept and training resumes.
set -eu
cd "$(dirname "$0")"
minutes=${1:-100}
python=${PYTHON:-python3}
tool=${POOL_TOOL:-../../build/release/bin/spondyl-phantom-pool}
run=runs/ct

export OMP_WAIT_POLICY=passive
# Large blocks stay in the process instead of being returned to the system after each step: -25 % time.
export GLIBC_TUNABLES=glibc.malloc.mmap_threshold=4294967296:glibc.malloc.trim_threshold=8589934592:glibc.malloc.hugetlb=1

if [ ! -e pool/phantom-00000400.spp ]; then nice -n 10 "$tool" --out pool --seed 1 --count 400; fi
if [ ! -d pool/validation ]; then nice -n 10 "$tool" --out pool/validation --seed 900001 --count 16; fi
"$python" train.py --pool pool --run "$run" --minutes "$minutes" --resume \
    --evaluate "--phantoms pool/validation --count 4"
"$python" evaluate.py --checkpoint "$run/checkpoint.pt" --mirror --phantoms pool/validation --count 16
"$python" export.py --checkpoint "$run/checkpoint.pt" --out "$run/spine-ct" --version 0.0.0
"$python" parity.py --checkpoint "$run/checkpoint.pt" --package "$run/spine-ct"
