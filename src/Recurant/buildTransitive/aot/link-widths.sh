#!/bin/sh
# link-widths.sh COMPILER CC NAME LEAST: makes NAME.widths.o of NAME.o, NAME.ilc.rsp and NAME.libraries, see Recurant.targets.
# LEAST is the least processor to serve, for which NAME.o was compiled: v1 or v3.
#
# Every copy of the program is linked with a .NET runtime of its own and then closed: all its symbols become local but its
# main, which gets the name of the copy. The runtime finds its tables by the linker's __start_ and __stop_ symbols of three
# sections; these, too, get the name of the copy, so that no copy sees another's.
set -eu
compiler=$1 cc=$2 name=$3 least=$4

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
    grep -vE '^(-o|--instruction-set|--exportsfile|--map|--mstat|--dgmllog|--scandgmllog|--metadatalog|--sourcelink|--ildump):|^-g$' \
        "$name.ilc.rsp" >"$name.$1.rsp"
    printf '%s\n' "-o:$name.$1.managed.o" "--instruction-set:$2" --notrimwarn --noaotwarn >>"$name.$1.rsp"
    "$compiler" "@$name.$1.rsp"
    close_copy "$1" "$name.$1.managed.o"
    rm "$name.$1.managed.o"
}

copies="$least v4"
if [ "$least" = v1 ]; then
    compile_copy v3 x86-64-v3
    copies="v1 v3 v4"
fi
compile_copy v4 x86-64-v4
close_copy "$least" "$name.o"
"$cc" -O2 -fPIE "-DLEAST_IS_$least" -c "$(dirname "$0")/start.c" -o "$name.start.o"
set -- "$name.start.o"
for copy in $copies; do
    set -- "$@" "$name.$copy.o"
done
ld -r -o "$name.widths.o" "$@"
rm "$@"
