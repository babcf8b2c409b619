namespace Recurant.Parameters;

/// <summary>How a weight lies for the products that read it.</summary>
/// <param name="FirstRow">The first row of the parameter that takes part.</param>
/// <param name="Rows">The number of its rows.</param>
/// <param name="Transposed">Whether the product multiplies by the transpose, as in the forward pass; otherwise as it
/// lies.</param>
/// <param name="Groups">Groups of columns that begin a new panel each.</param>
/// <param name="Interleaved">Whether panels come in fours.</param>
internal readonly record struct WeightLayout(int FirstRow, int Rows, bool Transposed, int Groups, bool Interleaved);

/// <summary>
/// The layouts of one parameter: each is made once for all who compute with the parameter, however many callers there are, and
/// is only read afterwards. When the parameter has changed, a new one is made; memory is written over only as long as one user
/// alone has had it, as in training.
/// </summary>
internal sealed class SharedLayouts(Parameter parameter)
{
    private readonly Lock _lock = new();
    private readonly List<Entry> _entries = [];

    /// <summary>The weights in a layout, as they are now.</summary>
    /// <param name="workers">The threads, should it have to be made.</param>
    /// <param name="layout">The layout.</param>
    /// <param name="user">Who asks; the same each time.</param>
    /// <param name="version">The version of the parameter that it was made from.</param>
    public PackedMatrix Get(Workers workers, WeightLayout layout, object user, out int version)
    {
        lock (_lock)
        {
            version = parameter.Version;
            Entry entry = EntryOf(layout);
            if (entry.Version == version)
            {
                if (!ReferenceEquals(entry.OnlyUser, user)) entry.OnlyUser = null;
                return entry.Packed;
            }

            if (!ReferenceEquals(entry.OnlyUser, user)) entry.Packed = new PackedMatrix();
            // Should the packing fail, nobody may take what it has left.
            (entry.OnlyUser, entry.Version) = (user, -1);
            Matrix rows = parameter.Matrix.Slice(layout.FirstRow, layout.Rows);
            if (layout.Transposed)
            {
                entry.Packed.PackTransposed(workers, rows, layout.Groups, layout.Interleaved);
            }
            else
            {
                entry.Packed.Pack(workers, rows);
            }

            entry.Version = version;
            return entry.Packed;
        }
    }

    /// <summary>Lets go of the layouts that only a backward pass reads.</summary>
    public void DropBackward()
    {
        lock (_lock) _entries.RemoveAll(entry => !entry.Layout.Transposed);
    }

    private Entry EntryOf(WeightLayout layout)
    {
        foreach (Entry known in _entries)
        {
            if (known.Layout == layout) return known;
        }

        var made = new Entry { Layout = layout };
        _entries.Add(made);
        return made;
    }

    private sealed class Entry
    {
        public required WeightLayout Layout { get; init; }

        public PackedMatrix Packed { get; set; } = new();

        /// <summary>The version of the parameter it was made from; -1 for none.</summary>
        public int Version { get; set; } = -1;

        /// <summary>Who alone has had it; null after a second one.</summary>
        public object? OnlyUser { get; set; }
    }
}
