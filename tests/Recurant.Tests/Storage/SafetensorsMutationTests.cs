namespace Recurant.Tests.Storage;

/// <summary>Damage at random: a file opens with data that fit together, or it is refused; nothing else happens.</summary>
public class SafetensorsMutationTests
{
    private const int Cases = 6000;

    // The header is copied a few times while it is read; a number in it must not decide what is allocated.
    private const long AllowedBytes = 300_000;

    [Fact]
    public void Open_DamagedFile_OpensConsistentlyOrIsRefused()
    {
        using var directory = new TemporaryDirectory();
        string path = directory["m.safetensors"];
        var random = new Random(20240611);
        int opened = 0;
        int refused = 0;
        for (int i = 0; i < Cases; i++)
        {
            byte[] bytes = Damage(RawFile.Sample(), random);
            RawFile.Overwrite(path, bytes);
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                using var file = SafetensorsFile.Open(path);
                AssertConsistent(file, bytes.Length);
                opened++;
            }
            catch (InvalidDataException e)
            {
                Assert.StartsWith(path + ": ", e.Message);
                refused++;
            }
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, AllowedBytes);
        }
        // Damage to the values or to a name goes unseen; both outcomes must have been met, or the test shows nothing.
        Assert.InRange(opened, Cases / 50, Cases);
        Assert.InRange(refused, Cases / 4, Cases);
    }

    private static byte[] Damage(byte[] bytes, Random random)
    {
        var list = new List<byte>(bytes);
        int times = random.Next(1, 4);
        for (int i = 0; i < times && list.Count > 0; i++)
        {
            int at = random.Next(list.Count);
            switch (random.Next(7))
            {
                case 0: list[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: list[at] = (byte)random.Next(256); break;
                case 2: list.RemoveRange(at, list.Count - at); break;
                case 3: list.RemoveRange(at, Math.Min(random.Next(1, 9), list.Count - at)); break;
                case 4: list.InsertRange(at, new byte[random.Next(1, 9)]); break;
                case 5: list[at] = (byte)"0123456789{}[],:\"\\ -"[random.Next(20)]; break;
                default: list.AddRange(list[..random.Next(1, Math.Min(9, list.Count + 1))]); break;
            }
        }
        return [.. list];
    }

    private static void AssertConsistent(SafetensorsFile file, long length)
    {
        long end = file.Tensors.Count == 0 ? length : file.Tensors[0].Offset;
        foreach (TensorInfo tensor in file.Tensors)
        {
            Assert.Equal(end, tensor.Offset);
            end += tensor.ByteCount;
            Assert.Equal(tensor.ElementCount, tensor.Shape.Aggregate(1L, (product, axis) => product * axis));
            Assert.Equal(tensor.ByteCount, tensor.ElementCount * TensorTypes.BitsOf(tensor.DType) / 8);
            Assert.True(file.TryGetTensor(tensor.Name, out TensorInfo? found));
            Assert.Same(tensor, found);
            if (tensor.DType is "F32" or "F64" or "F16" or "BF16")
                Assert.Equal(tensor.ElementCount, file.ReadFloats(tensor.Name).Length);
            else
                Assert.Throws<InvalidDataException>(() => file.ReadFloats(tensor.Name));
        }
        Assert.Equal(length, end);
        foreach ((string key, string value) in file.Metadata)
            Assert.False(key is null || value is null);
    }
}
