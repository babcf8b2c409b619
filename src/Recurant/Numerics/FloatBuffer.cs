using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Recurant.Numerics;

/// <summary>
/// Floats that never move and begin on a cache line, so that kernels can hold a pointer to them.
/// The memory is an ordinary managed array (pinned), so nobody has to dispose of it.
/// </summary>
internal sealed unsafe class FloatBuffer
{
    private const int CacheLineFloats = 16;
    private readonly WorkspaceMeter? _meter = WorkspaceMeter.Current;
    private float[] _array = [];
    private int _offset;

    /// <summary>Makes a buffer of so many zeros.</summary>
    public FloatBuffer(int length = 0) => MakeRoom(length);

    /// <summary>The number of floats in use.</summary>
    public int Length { get; private set; }

    /// <summary>The first element; valid as long as the buffer is reachable and is not grown.</summary>
    public float* Pointer { get; private set; }

    /// <summary>Where an element stands.</summary>
    public Address At(nint index) => new(Pointer + index);

    /// <summary>All elements in use.</summary>
    public Span<float> Span => _array.AsSpan(_offset, Length);

    /// <summary>The same memory, for holders that cannot hold a span.</summary>
    public Memory<float> Memory => _array.AsMemory(_offset, Length);

    /// <summary>
    /// Makes room for so many floats. Memory is kept when it suffices, so a warm workspace allocates nothing; what stood
    /// there is undefined afterwards.
    /// </summary>
    /// <exception cref="InvalidDataException">There are more than an array can have.</exception>
    public FloatBuffer Reserve(long length)
    {
        MakeRoom(length);
        if (Workspace.IsPoisoned) Workspace.Poison(_array.AsSpan());
        return this;
    }

    private void MakeRoom(long length)
    {
        Workspace.RequireLength(length);
        if (length > _array.Length - CacheLineFloats || _array.Length == 0)
        {
            // A quarter more than asked: batches differ in size, and the next one should fit too.
            int capacity = (int)(Length == 0 ? length : Math.Min(Workspace.MostElements, length + length / 4));
            int before = _array.Length;
            _array = GC.AllocateArray<float>(capacity + CacheLineFloats, pinned: true);
            _meter?.Add(sizeof(float) * ((long)_array.Length - before));
            nint address = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_array));
            _offset = (int)((64 - (address & 63)) & 63) / sizeof(float);
            Pointer = (float*)address + _offset;
        }

        Length = (int)length;
    }

    /// <summary>Sets every element in use to zero.</summary>
    public void Clear() => Span.Clear();
}
