#!/bin/sh
# Runs a command with other directories in some places: namespace.sh ROOT DIRECTORY [FROM TO MODE]... -- COMMAND...
#
# It is called in a mount namespace of its own (`unshare --mount`). ROOT, an empty directory, becomes the root: all
# that lies below the real one is there, to be read only, and each FROM is at its TO (MODE rw or ro). What was there
# is neither seen nor touched. DIRECTORY is where the command starts.
set -eu

root=$1
directory=$2
shift 2

mount -t tmpfs none "$root"
for entry in /* /.[!.]*; do
    place=$root$entry
    case $entry in
        /content | /kaggle | /nb2prod) continue ;;
    esac
    if [ -L "$entry" ]; then
        ln -s "$(readlink "$entry")" "$place"
    elif [ -d "$entry" ]; then
        mkdir "$place"
        mount --rbind "$entry" "$place"
        case $entry in
            /dev | /proc | /sys) ;;
            *) mount -o remount,bind,ro "$place" 2>/dev/null || true ;;
        esac
    elif [ -f "$entry" ]; then
        : >"$place"
        mount --bind "$entry" "$place"
    fi
done
while [ "$1" != -- ]; do
    if [ -d "$1" ]; then
        mkdir -p "$root$2"
    else
        mkdir -p "$(dirname "$root$2")"
        [ -e "$root$2" ] || : >"$root$2"
    fi
    mount --bind "$1" "$root$2"
    if [ "$3" = ro ]; then
        mount -o remount,bind,ro "$root$2" 2>/dev/null || true
    fi
    shift 3
done
shift
# shellcheck disable=SC2016 # what is in quotes is for the shell within
exec chroot "$root" /bin/sh -c 'cd "$1" && shift && exec "$@"' sh "$directory" "$@"
