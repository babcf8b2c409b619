using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Recurant.Bench.Peers;

/// <summary>
/// Lets TorchSharp 0.107 load on Linux systems whose C++ runtime is older than GCC 13's (Debian 12, Ubuntu 22.04).
/// </summary>
/// <remarks>
/// TorchSharp's own native library asks for one newer symbol, <c>std::ios_base_library_init()</c>, and for nothing else
/// that is new. That call only makes sure that the standard streams are set up, which libtorch, loaded before it, has
/// already done. So in the copy of the library that lies in this program's output folder the symbol is given the name
/// of a harmless function of the C library (getpid: no arguments, no effect), and the version it was asked for becomes
/// optional. Where the system's C++ runtime is new enough nothing is touched.
/// </remarks>
internal static class TorchLibrary
{
    private const string NewSymbol = "_ZSt21ios_base_library_initv";
    private const string NewVersion = "GLIBCXX_3.4.32";
    private const string HarmlessFunction = "getpid";

    private const int SectionDynamicSymbols = 11;
    private const int SectionSymbolVersions = 0x6FFFFFFF;
    private const int SectionVersionsNeeded = 0x6FFFFFFE;
    private const ushort WeakVersion = 2;
    private const ushort AnyVersion = 1;

    private static bool s_loaded;

    /// <summary>Loads the library and sets its number of threads: the first call counts, libtorch allows no second.</summary>
    public static void Load(int threads)
    {
        if (s_loaded) return;
        s_loaded = true;
        MakeLoadable();
        TorchSharp.torch.set_num_threads(threads);
        TorchSharp.torch.set_num_interop_threads(1);
    }

    /// <summary>Makes the library loadable; to be called before anything of TorchSharp is touched.</summary>
    public static void MakeLoadable()
    {
        if (!OperatingSystem.IsLinux() || SystemHasSymbol()) return;
        foreach (string path in Directory.EnumerateFiles(
            AppContext.BaseDirectory, "libLibTorchSharp.so", SearchOption.AllDirectories))
        {
            byte[] elf = File.ReadAllBytes(path);
            if (IsElf64LittleEndian(elf) && Patch(elf))
            {
                // A new file under the old name: the package folder's copy must stay as it is, even where it is a hard link.
                string temporary = path + "." + Environment.ProcessId.ToString() + ".tmp";
                File.WriteAllBytes(temporary, elf);
                File.Move(temporary, path, overwrite: true);
            }
        }
    }

    private static bool SystemHasSymbol() =>
        NativeLibrary.TryLoad("libstdc++.so.6", out nint handle) && NativeLibrary.TryGetExport(handle, NewSymbol, out _);

    private static bool IsElf64LittleEndian(byte[] elf) =>
        elf.Length > 64 && elf.AsSpan(0, 4).SequenceEqual("\u007fELF"u8) && elf[4] == 2 && elf[5] == 1;

    private static bool Patch(byte[] elf)
    {
        Section[] sections = ReadSections(elf);
        bool changed = false;
        foreach (Section section in sections)
        {
            if (section.Type == SectionVersionsNeeded)
            {
                changed |= WeakenVersion(elf, section, sections[section.Link].Offset);
            }
            else if (section.Type == SectionDynamicSymbols)
            {
                int versions = Array.Find(sections, s => s.Type == SectionSymbolVersions).Offset;
                changed |= RenameSymbol(elf, section, sections[section.Link].Offset, versions);
            }
        }

        return changed;
    }

    private static Section[] ReadSections(byte[] elf)
    {
        int offset = (int)BinaryPrimitives.ReadUInt64LittleEndian(elf.AsSpan(40));
        int size = BinaryPrimitives.ReadUInt16LittleEndian(elf.AsSpan(58));
        var sections = new Section[BinaryPrimitives.ReadUInt16LittleEndian(elf.AsSpan(60))];
        for (int i = 0; i < sections.Length; i++)
        {
            ReadOnlySpan<byte> header = elf.AsSpan(offset + i * size, size);
            sections[i] = new Section(
                BinaryPrimitives.ReadInt32LittleEndian(header[4..]),
                (int)BinaryPrimitives.ReadInt64LittleEndian(header[24..]),
                (int)BinaryPrimitives.ReadInt64LittleEndian(header[32..]),
                BinaryPrimitives.ReadInt32LittleEndian(header[40..]),
                BinaryPrimitives.ReadInt32LittleEndian(header[44..]));
        }

        return sections;
    }

    private static bool WeakenVersion(byte[] elf, Section section, int strings)
    {
        bool changed = false;
        int need = section.Offset;
        for (int i = 0; i < section.Info; i++)
        {
            int count = BinaryPrimitives.ReadUInt16LittleEndian(elf.AsSpan(need + 2));
            int entry = need + BinaryPrimitives.ReadInt32LittleEndian(elf.AsSpan(need + 8));
            for (int j = 0; j < count; j++)
            {
                int name = strings + BinaryPrimitives.ReadInt32LittleEndian(elf.AsSpan(entry + 8));
                ushort flags = BinaryPrimitives.ReadUInt16LittleEndian(elf.AsSpan(entry + 4));
                if ((flags & WeakVersion) == 0 && NameIs(elf, name, NewVersion))
                {
                    BinaryPrimitives.WriteUInt16LittleEndian(elf.AsSpan(entry + 4), (ushort)(flags | WeakVersion));
                    changed = true;
                }

                entry += BinaryPrimitives.ReadInt32LittleEndian(elf.AsSpan(entry + 12));
            }

            need += BinaryPrimitives.ReadInt32LittleEndian(elf.AsSpan(need + 12));
        }

        return changed;
    }

    private static bool RenameSymbol(byte[] elf, Section symbols, int strings, int versions)
    {
        const int SymbolSize = 24;
        for (int i = 0; i < symbols.Size / SymbolSize; i++)
        {
            int name = strings + BinaryPrimitives.ReadInt32LittleEndian(elf.AsSpan(symbols.Offset + i * SymbolSize));
            if (NameIs(elf, name, NewSymbol))
            {
                Encoding.ASCII.GetBytes(HarmlessFunction + "\0", elf.AsSpan(name));
                BinaryPrimitives.WriteUInt16LittleEndian(elf.AsSpan(versions + i * 2), AnyVersion);
                return true;
            }
        }

        return false;
    }

    private static bool NameIs(byte[] elf, int offset, string name) =>
        elf.AsSpan(offset, name.Length + 1).SequenceEqual(Encoding.ASCII.GetBytes(name + "\0"));

    private readonly record struct Section(int Type, int Offset, int Size, int Link, int Info);
}
