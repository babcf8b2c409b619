/* Enters the copy of the program that was compiled for the widest vectors of this processor: see Recurant.targets. */
#include <cpuid.h>
#include <stdio.h>
#include <stdlib.h>

#ifdef LEAST_IS_v1
int recurant_main_v1(int, char **);
#else
static int recurant_main_v1(int argc, char **argv)
{
    fprintf(stderr,
        "%s: this file was published for processors with AVX2 and FMA, and this one has none, or they are switched off "
        "(DOTNET_EnableAVX2, DOTNET_EnableHWIntrinsic).\nRun it elsewhere, or publish it with RecurantAotLeast=v1.\n",
        argc > 0 ? argv[0] : "recurant");
    return 1;
}
#endif
int recurant_main_v3(int, char **);
int recurant_main_v4(int, char **);

/* The switches that the JIT compiler listens to work here as well: DOTNET_EnableAVX512=0 and so on. */
static int allowed(const char *name)
{
    const char *value = getenv(name);
    return value == NULL || strtoul(value, NULL, 16) != 0;
}

static int has(unsigned value, unsigned bits)
{
    return (value & bits) == bits;
}

/* The registers that the operating system saves: bits 1 and 2 for 256-bit vectors, 5 to 7 as well for 512 bits. */
static unsigned saved_registers(void)
{
    unsigned low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return low;
}

int main(int argc, char **argv)
{
    unsigned a, b, c, d, leaf7b, extended_c;
    if (!allowed("DOTNET_EnableHWIntrinsic") || !allowed("DOTNET_EnableAVX") || !allowed("DOTNET_EnableAVX2")
        || !__get_cpuid_count(7, 0, &a, &leaf7b, &c, &d)
        || !__get_cpuid(0x80000001, &a, &b, &extended_c, &d)
        || !__get_cpuid(1, &a, &b, &c, &d)
        || !has(c, bit_OSXSAVE | bit_AVX | bit_FMA | bit_F16C | bit_MOVBE | bit_POPCNT)
        || !has(leaf7b, bit_AVX2 | bit_BMI | bit_BMI2)
        || !has(extended_c, bit_LZCNT)
        || !has(saved_registers(), 0x6))
    {
        return recurant_main_v1(argc, argv);
    }

    return allowed("DOTNET_EnableAVX512")
            && has(leaf7b, bit_AVX512F | bit_AVX512BW | bit_AVX512CD | bit_AVX512DQ | bit_AVX512VL)
            && has(saved_registers(), 0xe6)
        ? recurant_main_v4(argc, argv)
        : recurant_main_v3(argc, argv);
}
