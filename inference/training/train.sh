#!/bin/sh
# Reproduces the shipped networks: pools of phantoms, training by the clock (CT in two rounds, the second from the first's
# averaged weights with a full schedule of its own; MR from CT), evaluation, packages.
#   inference/training/train.sh [MINUTES_OF_ROUND_1 [MINUTES_OF_ROUND_2 [MINUTES_OF_MR]]]
# PYTHON names the interpreter with requirements.txt installed, POOL_TOOL the generator
# (spondyl-phantom-pool). Interrupted? Run it again: the pool is kept and training resumes.
set -eu
cd "$(dirname "$0")"
first=${1:-100}
second=${2:-128}
mr=${3:-116}
python=${PYTHON:-python3}
tool=${POOL_TOOL:-../../build/release/bin/spondyl-phantom-pool}

export OMP_WAIT_POLICY=passive
# Large blocks stay in the process instead of being returned to the system after each step: -25 % time.
export GLIBC_TUNABLES=glibc.malloc.mmap_threshold=4294967296:glibc.malloc.trim_threshold=8589934592:glibc.malloc.hugetlb=1

if [ ! -e pool/phantom-00002350.spp ]; then nice -n 10 "$tool" --out pool --seed 1001 --count 1350; fi
if [ ! -d pool/validation ]; then nice -n 10 "$tool" --out pool/validation --seed 900101 --count 16; fi
"$python" train.py --pool pool --run runs/ct --minutes "$first" --resume
"$python" train.py --pool pool --run runs/ct2 --minutes "$second" --seed 2 --lr 1.5e-3 \
    --initial runs/ct/checkpoint.pt --resume --evaluate "--phantoms pool/validation --count 4"
"$python" evaluate.py --checkpoint runs/ct2/checkpoint.pt --phantoms pool/validation --count 16
"$python" export.py --checkpoint runs/ct2/checkpoint.pt --out runs/spine-ct --version 0.0.0
"$python" parity.py --checkpoint runs/ct2/checkpoint.pt --package runs/spine-ct

if [ ! -e pool/fine/phantom-00003400.spp ]; then
    nice -n 10 "$tool" --out pool/fine --seed 3001 --count 400 --spacing 1.5
fi
"$python" train.py --pool pool/fine --run runs/mr --modality mr --minutes "$mr" --seed 11 --lr 1.5e-3 \
    --initial runs/ct2/checkpoint.pt --resume
"$python" evaluate_mr.py --checkpoint runs/mr/checkpoint.pt
"$python" export.py --checkpoint runs/mr/checkpoint.pt --out runs/spine-mr --version 0.0.0
"$python" parity.py --checkpoint runs/mr/checkpoint.pt --package runs/spine-mr
