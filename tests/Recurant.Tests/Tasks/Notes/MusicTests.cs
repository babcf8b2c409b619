namespace Recurant.Tests.Tasks.Notes;

/// <summary>Models of music: probabilities that sum to one, gradients, learning, and music written note by note.</summary>
public class MusicTests
{
    // Single precision over a few products.
    private const double Tolerance = 1e-5;

    private static NotesOptions Small { get; } = new()
    {
        Hidden = 12, Epochs = 3, Batch = 4, Threads = 1, Transpose = 0,
        Dropout = new DropoutOptions { Input = 0, Output = 0 },
    };

    /// <summary>Two chords in turn, in different keys, with a rest at every fourth step.</summary>
    internal static NoteDataset Data(int pieces = 12, int steps = 16) => new("music",
    [
        .. Enumerable.Range(0, pieces).Select(i => new NotePiece($"{i}", Enumerable.Range(0, steps).Select(t =>
            (IReadOnlyCollection<int>)(t % 4 == 3 ? [] : t % 2 == 0 ? [50 + i % 3, 54 + i % 3, 57 + i % 3] :
                [52 + i % 3, 59 + i % 3])),
            0.25)),
    ]);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Probabilities_OfAllSetsOfNotes_SumToOne(bool chords)
    {
        NotesModel model = Model(chords, notes: 5);
        double sum = 0;
        for (int set = 0; set < 32; set++)
        {
            int[] notes = [.. Enumerable.Range(0, 5).Where(k => (set >> k & 1) == 1).Select(k => 40 + k)];
            var piece = new NotePiece("p", [[41, 44], [40, 42, 43], notes]);
            double[] losses = [.. new NotesScorer(model, Workers.ForThreads(1)).Losses(new NotePieces("p", [piece],
                model.Spec)).Single()];
            sum += Math.Exp(-losses[2]);
        }

        Assert.Equal(1, sum, Tolerance);
    }

    [Fact]
    public void Chords_AnyNotes_AreTheirEquationAndItsSlope()
    {
        const int N = 6;
        var layer = new NoteChords(N);
        Bits.Random(N * N, 3).CopyTo(layer.Weights.Value);
        layer.Weights.MarkChanged();
        float[] y = [1, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 1, 0], ds = Bits.Random(y.Length, 5);
        var pass = new Pass(threads: 1);
        pass.Begin();
        SequenceBatch s = layer.Forward(pass, SequenceBatch.Of([3], y, N));
        var gradient = new double[N * N];
        for (int t = 0; t < 3; t++)
        {
            ds.AsSpan(t * N, N).CopyTo(s.GradientOf(0, t));
            for (int k = 0; k < N; k++)
            {
                double expected = 0;
                for (int j = 0; j < k; j++)
                {
                    expected += layer.Weights.Value[j * N + k] * y[t * N + j];
                    gradient[j * N + k] += y[t * N + j] * ds[t * N + k];
                }

                Assert.Equal(expected, s[0, t][k], Tolerance);
            }
        }

        pass.Backward();
        for (int i = 0; i < gradient.Length; i++) Assert.Equal(gradient[i], layer.Weights.Gradient[i], Tolerance);
    }

    [Fact]
    public void Score_UnequalPieces_CountsStepsAndPieces()
    {
        NotesScore score = NotesScore.Of([(2, 6.0), (8, 8.0)]);
        Assert.Equal((2, 10L, 1.4, 2.0), (score.Pieces, score.Steps, score.LossPerStep, score.LossPerPiece));
    }

    [Fact]
    public void Train_ChordsInTurn_AreLearntAndWritten()
    {
        NoteDataset data = Data();
        MusicGenerator music = MusicGenerator.Train(data, Small with { Epochs = null, Hidden = 32, LearningRate = 0.01f });
        NotesScore score = music.Evaluate(data);
        // Each first step is one of three keys, ln 3 nats; all others follow.
        Assert.InRange(score.LossPerStep, Math.Log(3) / 16, 0.5);
        Assert.True(score.LossPerStep < NoteRepetition.Score(data, data).LossPerStep / 3);
        Assert.Equal((12, 192L), (score.Pieces, score.Steps));
        var prompt = new NotePiece("mine", [[51, 55, 58]]);
        NotePiece piece = music.Continue(prompt, 7, temperature: 0);
        Assert.Equal(
            ["51 55 58", "53 60", "51 55 58", "", "51 55 58", "53 60", "51 55 58", ""],
            piece.Steps.Select(step => string.Join(' ', step)));
        Assert.Equal(("mine", 0.25), (piece.Name, piece.StepSeconds));
        // Same seed, same music; another seed, other music.
        Assert.Equal(Flat(music.Continue(null, 20, seed: 3)), Flat(music.Continue(null, 20, seed: 3)));
        Assert.NotEqual(Flat(music.Continue(null, 20, 2, seed: 3)), Flat(music.Continue(null, 20, 2, seed: 4)));
        // What was read and what is read step by step is the same.
        MusicGenerator read = MusicGenerator.Load(music.ToBytes());
        Assert.Equal(score, read.Evaluate(data));
        Assert.Equal(music.Model.Spec, read.Model.Spec);
    }

    [Fact]
    public void Train_OneOrTwoThreads_GivesTheSameBits()
    {
        byte[] one = MusicGenerator.Train(Data(), Small).ToBytes();
        Assert.Equal(one, MusicGenerator.Train(Data(), Small with { Threads = 2 }).ToBytes());
        Assert.NotEqual(one, MusicGenerator.Train(Data(), Small with { Seed = 2 }).ToBytes());
        Assert.NotEqual(one, MusicGenerator.Train(Data(), Small with { Transpose = 3 }).ToBytes());
        Assert.NotEqual(one, MusicGenerator.Train(Data(), Small with { Chords = false }).ToBytes());
    }

    [Fact]
    public void Evaluate_NotesTheModelDoesNotKnow_AreRefusedByPieceAndStep()
    {
        var music = new MusicGenerator(Model(chords: true, notes: 5));
        var high = new NoteDataset("data", [new NotePiece("fine", [[40]]), new NotePiece("high", [[40], [44, 45]])]);
        Assert.Contains(
            "data: step 2 of the piece \"high\" has the note 45; the model knows 40 to 44",
            Assert.Throws<InvalidDataException>(() => music.Evaluate(high)).Message);
        Assert.Throws<InvalidDataException>(() => music.Continue(high.Pieces[1], 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => music.Continue(null, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => music.Continue(null, 1, float.NaN));
        Assert.Throws<ArgumentException>(() => new NotePiece("p", [[128]]));
        Assert.Throws<ArgumentException>(() => new NotePiece("p", []));
        Assert.Contains("too few", Assert.Throws<InvalidDataException>(() => NotesTrainer.Train(Data(1), Small)).Message);
    }

    [Fact]
    public void Train_MovedPieces_StayWithinTheNotes()
    {
        // The lowest and the highest note of all: nothing can be moved, and nothing is written outside.
        var wide = new NoteDataset("wide", [.. Enumerable.Range(0, 4).Select(i => new NotePiece($"{i}", [[0, 127], [i]]))]);
        MusicGenerator music = MusicGenerator.Train(wide, Small with { Transpose = 6 });
        Assert.Equal((0, 128), (music.Model.Spec.Lowest, music.Model.Spec.Notes));
    }

    [Fact]
    public void Look_AtPieces_SplitsAddUpToTheGradient()
    {
        LensResult result = GradientLens.Look(
            Model(chords: true, notes: 5), new NoteDataset("d", [new NotePiece("p", [[40], [41, 44], [], [42], [40, 43]])]),
            new LensOptions { IsExact = true, Threads = 1 });
        WeightGradientByLag weights = Assert.Single(result.Layers).HiddenWeights!;
        Assert.InRange(weights.Total, 1e-6, 1e3);
        Assert.InRange(weights.Difference, 0, 2e-5);
    }

    [Fact]
    public void IsInOneKey_PiecesInCOrInAllKeys_IsTold()
    {
        int[] scale = [0, 4, 7, 0, 5, 9, 2, 7, 11, 0, 4, 7];
        NoteDataset Keys(Func<int, int> key) => new("keys", [.. Enumerable.Range(0, 24).Select(i => new NotePiece(
            $"{i}", scale.Skip(i % 4).Select(note => (IReadOnlyCollection<int>)[60 + key(i) + note])))]);
        Assert.True(NotesPlan.IsInOneKey(Keys(_ => 0)));
        Assert.False(NotesPlan.IsInOneKey(Keys(i => i % 12)));
    }

    private static int[] Flat(NotePiece piece) => [.. piece.Steps.SelectMany(step => step.Append(-1))];

    private static NotesModel Model(bool chords, int notes)
    {
        var model = new NotesModel(new NotesSpec
        {
            Lowest = 40, Notes = notes, Chords = chords, Recurrent = new RecurrentSpec { Cell = CellKind.Gru, HiddenSize = 4 },
        });
        for (int i = 0; i < model.Parameters.Count; i++)
        {
            Bits.Random(model.Parameters[i].Count, (ulong)i + 1).CopyTo(model.Parameters[i].Value);
            model.Parameters[i].MarkChanged();
        }

        return model;
    }
}
