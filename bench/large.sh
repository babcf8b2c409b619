#!/bin/sh
# Trains on a file of 200 MB with a budget of a minute, and prints the most memory that the process had beside the size of the
# file, and the time of each phase. Usage: bench/large.sh [MEGABYTES [BUDGET]]; needs Linux (VmHWM of /proc).
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
megabytes=${1:-200}
budget=${2:-60s}
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT INT TERM
file=$directory/reviews.tsv

# Words whose frequencies fall as 1/rank, as in prose; the first word often tells the label.
awk -v bytes="$megabytes" 'BEGIN {
    srand(1); bytes *= 1000000; words = 60000
    print "text\tlabel"
    split("bad plain good", sign, " "); split("negative neutral positive", label, " ")
    while (size < bytes) {
        k = 1 + int(3 * rand()); n = 4 + int(20 * rand())
        line = rand() < 0.7 ? sign[k] : "so"
        for (i = 0; i < n; i++) {
            rank = int(exp(rand() * log(words))); word = ""
            do { word = word substr("etaoinshrdlu", 1 + rank % 12, 1); rank = int(rank / 12) } while (rank > 0)
            line = line " " word
        }
        line = line ".\t" label[k]; size += length(line) + 1; print line
    }
}' >"$file"

"$root/recurant" --version >/dev/null
begin=$(date +%s)
"$root/recurant" train "$file" --budget "$budget" --out "$directory/model.safetensors" --checkpoint none \
    --record "$directory/run.jsonl" &
process=$!
peak=0
while kill -0 "$process" 2>/dev/null; do
    now=$(awk '/^VmHWM/ { print $2 }' "/proc/$process/status" 2>/dev/null || true)
    peak=${now:-$peak}
    sleep 0.2
done
wait "$process"
end=$(date +%s)
size=$(wc -c <"$file")
echo
awk -v peak="$peak" -v size="$size" -v seconds=$((end - begin)) 'BEGIN {
    printf "file %.0f MB, most memory %.0f MB: %.2f times the file; %d s\n", size / 1e6, peak * 1024 / 1e6, peak * 1024 / size, seconds
}'
sed -n 's/.*"kind":"phase","name":"\([^"]*\)","seconds":\([0-9.]*\).*/\2 s\t\1/p' "$directory/run.jsonl"
