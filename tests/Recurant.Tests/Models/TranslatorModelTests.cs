namespace Recurant.Tests.Models;

public class TranslatorModelTests
{
    [Theory]
    [InlineData(499)]
    [InlineData(500)]
    [InlineData(501)]
    [InlineData(2000)]
    public void Read_LongSource_IsCutAndKeepsItsEndMark(int words)
    {
        var source = new WordPieces(new Vocabulary(["<unk>", "\u2581a", "\u2581b"]));
        var target = new WordPieces(new Vocabulary(["<unk>", "\u2581x"]));
        var model = new TranslatorModel(
            new TranslatorSpec { SourceVocabularySize = 4, TargetVocabularySize = 3, EmbeddingSize = 2, EncoderSize = 2,
                DecoderSize = 2 },
            source, target);
        int[] read = model.Read(string.Join(' ', Enumerable.Repeat("a", words - 1).Append("b")));

        Assert.Equal(Math.Min(words, TranslatorModel.MostSourcePieces) + 1, read.Length);
        Assert.Equal(source.Count, read[^1]);
        Assert.DoesNotContain(source.Count, read[..^1]);
        Assert.Equal(words <= TranslatorModel.MostSourcePieces, read.Contains(2));
    }

    /// <summary>Equal places of equally wide layers: with one key of random numbers the masks would be the same.</summary>
    [Fact]
    public void Dropout_OfEncoderAndDecoder_DrawsDifferentMasks()
    {
        var plan = new DropoutPlan { Layers = 0.5f, Recurrent = 0.5f, Input = 0.5f, Seed = 9, Step = 4 };
        DropoutPlan decoder = TranslatorNetwork.OfDecoder(plan)!.Value;
        Assert.NotEqual(plan.Seed, decoder.Seed);
        Assert.Equal(plan with { Seed = decoder.Seed }, decoder);
        Assert.Null(TranslatorNetwork.OfDecoder(null));

        var run = new TranslatorCase(TranslatorCase.SpecOf(CellKind.Lstm, AttentionKind.General, layers: 2) with
        {
            EncoderSize = 4, DecoderSize = 4,
        })
        {
            Dropout = plan,
        };
        TranslatorMemory memory = run.Network.CreateMemory();
        run.Run(memory: memory);
        float[] Mask(RecurrentMemory recurrent) =>
            recurrent.Cells[0].RecurrentMask.Rows(TranslatorCase.Sources.Length).Span.ToArray();
        float[] ofEncoder = Mask(memory.Encoder.Recurrent), ofDecoder = Mask(memory.Decoder.Upper!);
        Assert.Equal(ofEncoder.Length, ofDecoder.Length);
        Assert.Contains(ofEncoder, value => value == 0);
        Assert.NotEqual(ofEncoder, ofDecoder);
    }

    [Fact]
    public void Dropout_OfCharactersAndWords_DrawsDifferentMasks()
    {
        var plan = new DropoutPlan { Layers = 0.3f, Recurrent = 0.5f, Seed = 9, Step = 4 };
        DropoutPlan characters = CharacterEncoder.PlanFor(plan)!.Value;
        Assert.NotEqual(plan.Seed, characters.Seed);
        Assert.Equal((plan.Recurrent, plan.Step, 0f), (characters.Recurrent, characters.Step, characters.Layers));
        Assert.Null(CharacterEncoder.PlanFor(plan with { Recurrent = 0 }));
    }
}
