#!/usr/bin/env bash
# The life of an account, from its first log line to the day on which nothing is left.
# tests/test_life_of_an_account.py runs it; run it yourself in an empty folder, against an empty database:
#
#   LOGVEIL_VAULT=mysql+pymysql://USER:PASSWORD@HOST/DATABASE docs/life_of_an_account.sh FOLDER
#
# --now plays the days through, which takes --force and a reason where they are ahead of the clock. In production all
# three are left out, and the clock counts.
set -euo pipefail
cd "$1"
logveil=${LOGVEIL:-logveil}
# Every command below reads where the account vault is, and the table of redacted events.
export LOGVEIL_VAULT=${LOGVEIL_VAULT:?names a database}
export LOGVEIL_MYSQL=${LOGVEIL_MYSQL:-$LOGVEIL_VAULT}
played=(--force --reason "the days are played through")
uin=100012345678 # of lin.qiao, one of the customers in the sample log

step() { printf '\n== %s\n' "$*"; }
ends() { # CODE COMMAND…: the command ends with this exit code, 1 where something is amiss, 2 where it refuses
    local code=0
    "${@:2}" || code=$?
    [ "$code" = "$1" ] || { echo "exit code $code in place of $1: ${*:2}" >&2 && exit 1; }
}

step "2026-11-24: redact a day's log into partitions, the account vault and the event table"
day=2026-11-24
$logveil keys new keys
$logveil sample --now $day > log.jsonl
$logveil redact log.jsonl --output root --keys keys --max-rejected 0.1 --now $day

step "Support may look behind a pseudonym, with a reason that is recorded first"
$logveil account find $uin --keys keys
mapfile -t pseudonyms < <($logveil account find $uin --keys keys --json | grep -o '[a-z]*_1_[a-z2-7]*')
$logveil account reveal "${pseudonyms[0]}" --reason "ticket 4711: failed run" --keys keys --now $day
ends 2 $logveil account reveal "${pseudonyms[0]}" --keys keys --now $day

step "The pseudonyms stand in partitions and rows: a search for them finds them"
canaries=()
for pseudonym in "${pseudonyms[@]}"; do canaries+=(--canary "$pseudonym"); done
ends 1 $logveil verify root --now $day "${canaries[@]}"

step "The customer leaves: the identity service tells of it, late and twice"
cat > events.jsonl << EVENTS
{"id": "e-2", "type": "ciam.account.terminated", "time": "2026-11-24T10:00:00Z", "account": {"uin": "$uin"}}
{"id": "e-1", "type": "ciam.account.created", "time": "2026-01-05T08:00:00Z", "account": {"uin": "$uin", "username": "lin.qiao"}}
{"id": "e-2", "type": "ciam.account.terminated", "time": "2026-11-24T10:00:00Z", "account": {"uin": "$uin"}}
{"id": "e-3", "type": "ciam.account.created", "time": "2026-02-01T08:00:00Z", "account": {"uin": "100023456781"}}
EVENTS
day=2026-11-25
$logveil account import events.jsonl --keys keys --now $day
$logveil account status $uin --keys keys

step "29 days later nothing may go yet"
$logveil erase plan root --plan early.json "${played[@]}" --as-of 2026-12-23 --keys keys --now 2026-12-23 --rewrite --json | grep '"accounts": \[\]'

step "30 days later: plan the erasure, which changes nothing, then apply the plan"
day=2026-12-24
$logveil erase plan root --plan erase.json "${played[@]}" --as-of $day --keys keys --now $day --rewrite
$logveil erase apply erase.json "${played[@]}" --keys keys --now $day

step "The receipt says what went, by keyed hash"
cat root/_receipts/*/erase.json

step "Nobody is behind the pseudonyms any more, and they stand in no partition and no row"
for pseudonym in "${pseudonyms[@]}"; do
    ends 2 $logveil account reveal "$pseudonym" --reason "ticket 4712: is it gone?" --keys keys --now $day
done
$logveil verify root --now $day "${canaries[@]}"

step "180 days later the last log line has expired: plan, which deletes nothing, then apply the plan"
day=2027-06-22
ends 1 $logveil verify root --now $day
$logveil expire root --plan expire.json "${played[@]}" --as-of $day --now $day
$logveil expire root --apply expire.json "${played[@]}" --now $day

step "The root and the tables are empty, and the receipts are whole"
$logveil verify root --now $day "${canaries[@]}"
$logveil calendar root --now $day --json | grep -x '\[\]'
$logveil account status --keys keys --now $day # the other customer is still one
