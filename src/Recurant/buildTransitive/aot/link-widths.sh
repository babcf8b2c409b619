#!/bin/sh
# link-widths.sh COMPILER CC NAME: makes NAME.widths.o of NAME.o, NAME.ilc.rsp and NAME.libraries, see Recurant.targets.
#
# Every copy of the program is linked with a .NET runtime of its own and then closed: all its symbols become local but its
# main, which gets the name of the copy. The runtime finds its tables by the linker's __start_ and __stop_ symbols of three
# sections; these, too, get the name of the copy, so that no copy sees another's.
set -eu
compiler=$1 cc=$2 name=$3

close_copy() { # COPY OBJECT
    ld -r --force-group-allocation --strip-debug -o "$name.$1.linked.o" "$2" --start-group "@$name.libraries" --end-group
    set -- "$1" --redefine-sym "main=recurant_main_$1"
    for section in __modules __managedcode __unbox; do
        set -- "$@" --rename-section "$section=${section}_$1" \
            --redefine-sym "__start_$section=__start_${section}_$1" --redefine-sym "__stop_$section=__stop_${section}_$1"
    done
    copy=$1
    shift
    objcopy "$@" "$name.$copy.linked.o" "$name.$copy.o"
    objcopy --keep-global-symbol="recurant_main_$copy" "$name.$copy.o"
    rm "$name.$copy.linked.o"
}

# The same compilation for newer processors. What else the compiler would write, and its warnings, came with the first one.
compile_copy() { # COPY INSTRUCTION-SET
    grep -vE '^(-o|--exportsfile|--map|--mstat|--dgmllog|--scandgmllog|--metadatalog|--sourcelink|--ildump):|^-g$' \
        "$name.ilc.rsp" >"$name.$1.rsp"
    printf '%s\n' "-o:$name.$1.managed.o" "--instruction-set:$2" --notrimwarn --noaotwarn >>"$name.$1.rsp"
    "$compiler" "@$name.$1.rsp"
    close_copy "$1" "$name.$1.managed.o"
    rm "$name.$1.managed.o"
}

compile_copy v3 x86-64-v3
compile_copy v4 x86-64-v4
close_copy v1 "$name.o"
"$cc" -O2 -fPIE -c "$(dirname "$0")/start.c" -o "$name.start.o"
ld -r -o "$name.widths.o" "$name.start.o" "$name.v1.o" "$name.v3.o" "$name.v4.o"
rm "$name.start.o" "$name.v1.o" "$name.v3.o" "$name.v4.o"
