using Recurant.Tests.Tasks.Forecast;
using Recurant.Tests.Tasks.Notes;
using Recurant.Tests.Tasks.Sequences;

namespace Recurant.Tests.Frozen;

/// <summary>
/// Every task with every family of options, in runs of a fraction of a second: what a change of the structure must not change.
/// </summary>
internal static class FrozenRuns
{
    public static IReadOnlyList<FrozenRun> All { get; } =
        [
            .. Classifiers(), .. Taggers(), .. LanguageModels(), .. Translators(), .. Captioners(), .. Problems(), .. Numbers(),
        ];

    private static IEnumerable<FrozenRun> Classifiers()
    {
        TrainingOptions full = Reviews.Small with
        {
            Layers = 2, Bidirectional = true, Direct = true, Dropout = Reviews.EveryDropout, Epochs = 2, Threads = 1,
            Pooling = Pooling.Attention,
        };
        foreach (CellKind cell in Enum.GetValues<CellKind>())
        {
            // No hidden-to-hidden product, no recurrent dropout.
            bool hasProduct = cell is CellKind.Elman or CellKind.Lstm or CellKind.Gru or CellKind.PeepholeLstm
                or CellKind.LayerNormLstm or CellKind.ProjectedLstm;
            TrainingOptions options = full with { Cell = cell, Hidden = 10 };
            yield return Classifier($"{cell}", hasProduct ? options : WithoutRecurrentDropout(options));
        }

        yield return Classifier("elman, pre-activation, relu, identity", full with
        {
            Cell = CellKind.Elman, Form = ElmanForm.PreActivation, Activation = Activation.Relu,
            RecurrentStart = RecurrentStart.Identity,
        });
        yield return Classifier("elman, sigmoid, orthogonal", full with
        {
            Cell = CellKind.Elman, Activation = Activation.Sigmoid, RecurrentStart = RecurrentStart.Orthogonal,
        });
        yield return Classifier("gru, reset outside", full with { Cell = CellKind.Gru, GruReset = GruReset.Outside });
        yield return Classifier("lstm, forget bias", full with { Cell = CellKind.Lstm, ForgetBias = 2.5f });
        foreach (Pooling pooling in Enum.GetValues<Pooling>())
        {
            yield return Classifier($"{pooling} pooling", full with { Pooling = pooling, Bidirectional = false, Direct = false });
        }

        foreach (OptimizerKind optimizer in Enum.GetValues<OptimizerKind>())
        {
            yield return Classifier($"{optimizer}", full with { Optimizer = optimizer, Layers = 1, WeightDecay = 0.01f });
        }

        foreach (ScheduleKind schedule in (ScheduleKind[])[ScheduleKind.Constant, ScheduleKind.Linear, ScheduleKind.Cosine])
        {
            yield return Classifier($"{schedule} schedule", full with { Schedule = schedule, Layers = 1, Epochs = 4 });
        }

        yield return Classifier("feed-forward", full with { Model = ModelKind.FeedForward });
        yield return Classifier("bag of words", full with { Model = ModelKind.BagOfWords });
        yield return Classifier("one-hot", full with { Embedding = 0, LabelSmoothing = 0.1f });
        yield return Classifier("unit of characters", full with
        {
            Unit = TokenUnit.Character, Lowercase = false, MaximumTokens = 20,
        });
        yield return Classifier("characters beside words", full with { Characters = 5, MaximumVocabulary = 20 });
        yield return Classifier("three models", full with { Models = 3, Layers = 1 }) with { IsContinued = true };
        yield return Classifier("recompute", full with
        {
            Recompute = true, Bidirectional = false, Direct = false, Layers = 3, Pooling = Pooling.Mean,
        });
        yield return Classifier("pre-trained", UnlabelledReviews.Small, UnlabelledReviews.Labelled(0, 10)) with
        {
            IsContinued = true,
        };
        yield return Classifier("continued", full with { Characters = 3 }) with { IsContinued = true };
    }

    private static IEnumerable<FrozenRun> Taggers()
    {
        TaggerTrainingOptions full = new()
        {
            Hidden = 9, Embedding = 8, Layers = 2, Characters = 6, Batch = 8, Epochs = 2, LearningRate = 0.02f, Threads = 1,
            Dropout = new DropoutOptions { Word = 0.3f, Input = 0.2f, Layers = 0.2f, Recurrent = 0.1f, Output = 0.3f },
        };
        yield return Tagger("softmax", full with { RandomField = false });
        yield return Tagger("random field", full with { RandomField = true }) with { IsContinued = true };
        yield return Tagger("no characters, lower case off", full with { Characters = 0, Lowercase = false });
        yield return Tagger("forget bias, lstm", full with { Cell = CellKind.Lstm, ForgetBias = 0.25f });
        yield return Tagger("sru", WithoutRecurrentDropout(full with { Cell = CellKind.Sru }));
    }

    private static IEnumerable<FrozenRun> LanguageModels()
    {
        LanguageModelOptions full = new()
        {
            Hidden = 12, Embedding = 10, Layers = 2, Batch = 4, Window = 7, Epochs = 2, LearningRate = 0.02f, Threads = 1,
            Dropout = Reviews.EveryDropout with { Word = null },
        };
        yield return Language("characters", full with { Unit = TokenUnit.Character }) with { IsContinued = true };
        yield return Language("words, tied", full with { Unit = TokenUnit.Word, Tied = true, Hidden = 10, Lowercase = true });
        yield return Language("subwords", full with { Unit = TokenUnit.Subword, Subwords = 20 });
        yield return Language("sampled", full with { Unit = TokenUnit.Word, Samples = 8 });
        yield return Language("gru, not tied", full with { Unit = TokenUnit.Word, Cell = CellKind.Gru, Tied = false });
        foreach (ScheduleKind schedule in (ScheduleKind[])[ScheduleKind.Constant, ScheduleKind.Plateau])
        {
            // So coarse that the validation score falls now and then, which is when the plateau schedule halves.
            yield return Language($"sgd, {schedule} schedule", full with
            {
                Unit = TokenUnit.Character, Optimizer = OptimizerKind.Sgd, LearningRate = 6f, Schedule = schedule, Epochs = 8,
                Patience = 8, Dropout = Reviews.NoDropout, Layers = 1,
            });
        }

        yield return Language("lru, one-hot", WithoutRecurrentDropout(full with
        {
            Unit = TokenUnit.Character, Cell = CellKind.Lru, Embedding = 0,
        }));
    }

    private static IEnumerable<FrozenRun> Translators()
    {
        TranslatorTrainingOptions full = Phrases.Small with { Epochs = 2, Threads = 1, Layers = 2 };
        foreach (AttentionKind attention in Enum.GetValues<AttentionKind>())
        {
            yield return Translator($"{attention} attention", full with { Attention = attention });
        }

        yield return Translator("words, gru", full with { Subwords = 0, Cell = CellKind.Gru }) with { IsContinued = true };
        foreach (TiedVectors tied in Enum.GetValues<TiedVectors>())
        {
            yield return Translator($"tied {tied}", full with { Tied = tied, Hidden = 16, Embedding = 16, Subwords = 30 });
        }
    }

    private static IEnumerable<FrozenRun> Captioners()
    {
        CaptionerTrainingOptions full = new()
        {
            Hidden = 12, Embedding = 8, Batch = 8, Epochs = 2, LearningRate = 0.01f, BandHeight = 3, Threads = 1,
        };
        yield return Captioner("bands", full) with { IsContinued = true };
        yield return Captioner("strips, subwords, additive attention", full with
        {
            StripWidth = 5, Subwords = 20, Attention = AttentionKind.Additive,
        });
    }

    private static IEnumerable<FrozenRun> Problems()
    {
        ProblemTrainingOptions full = new() { Hidden = 6, Batch = 50, Epochs = 1, LearningRate = 0.01f, Threads = 1 };
        yield return Problem("adding", new SequenceProblem(ProblemKind.Adding, 6), full) with { IsContinued = true };
        yield return Problem("copying, gru, usual start", new SequenceProblem(ProblemKind.Copying, 2), full with
        {
            Cell = CellKind.Gru, MemorySteps = 0, Layers = 2, Dropout = new DropoutOptions { Layers = 0.1f, Recurrent = 0.1f },
        });
    }

    private static IEnumerable<FrozenRun> Numbers()
    {
        ForecastOptions plain = ForecastCase.Small;
        yield return Forecaster("quantiles", plain);
        yield return Forecaster("student-t", plain with { Distribution = ForecastDistribution.StudentT });
        yield return Forecaster("gaussian, decay, two networks", plain with
        {
            Distribution = ForecastDistribution.Gaussian, Decay = true, Models = 2, Logarithms = false, AllowNegative = true,
        });
        SequenceOptions small = SequenceCase.Small;
        yield return Sequences("labels", small, SequenceCase.Labels());
        yield return Sequences("labels of steps, decay", small with { Decay = true, Bidirectional = false },
            SequenceCase.StepLabels());
        yield return Music("chords, moved", new NotesOptions
        {
            Hidden = 6, Epochs = 3, Batch = 4, Window = 10, Transpose = 3, Threads = 1,
        }) with { IsContinued = true };
        yield return Music("each note by itself", new NotesOptions
        {
            Hidden = 6, Epochs = 1, Batch = 4, Chords = false, Cell = CellKind.Lstm, Threads = 1,
        });
    }

    private static FrozenRun Forecaster(string name, ForecastOptions options) =>
        new($"forecast: {name}", (checkpoint, cancellation) =>
        {
            var data = new ForecastDataset(ForecastCase.Table());
            var result = ForecasterTrainer.Train(
                data, options with { Checkpoint = checkpoint }, cancellation: cancellation);
            return new FrozenResult(result.Model, result.End, digest =>
            {
                foreach (float value in ForecastCase.Flat(new Forecaster(result.Model, threads: 1).Forecast(data.Table)))
                {
                    digest.Add(value);
                }
            });
        });

    private static FrozenRun Sequences(string name, SequenceOptions options, SeriesTable table) =>
        new($"sequences: {name}", (checkpoint, cancellation) =>
        {
            var result = SequenceTrainer.TrainLabels(
                table, options with { Checkpoint = checkpoint }, cancellation: cancellation);
            return new FrozenResult(result.Model, result.End, digest =>
            {
                new SequenceScorer(result.Model, Workers.ForThreads(1)).Answer(
                    new SequenceRows(table, result.Model, needsTarget: false), SequenceData.Whole(table), (_, answers) =>
                    {
                        foreach (float answer in answers) digest.Add(answer);
                    });
            });
        });

    private static FrozenRun Music(string name, NotesOptions options) =>
        new($"notes: {name}", (checkpoint, cancellation) =>
        {
            NoteDataset pieces = MusicTests.Data(10, 14);
            var result = NotesTrainer.Train(pieces, options with { Checkpoint = checkpoint }, cancellation: cancellation);
            return new FrozenResult(result.Model, result.End, digest =>
            {
                var music = new MusicGenerator(result.Model, threads: 1);
                digest.Add(music.Evaluate(pieces).Loss);
                NotePiece more = music.Continue(pieces.Pieces[1], 12, seed: 5);
                foreach (int note in more.Steps.SelectMany(notes => notes)) digest.Add(note);
            });
        });

    private static FrozenRun Classifier(string name, TrainingOptions options, TextDataset? data = null)
    {
        TextDataset texts = data ?? Reviews.Words(40, seed: 3);
        return new FrozenRun($"classify: {name}", (checkpoint, cancellation) =>
        {
            var result = ClassifierTrainer.Train(texts, options with { Checkpoint = checkpoint }, null, null, cancellation);
            return new FrozenResult(result.Model, result.End, digest =>
            {
                foreach (Prediction answer in new Predictor(result.Model, threads: 1).Predict(
                    ["the film1 was good", "", "bad slow0 cast4", "praisea smiled unseen words", "Good BAD"]))
                {
                    digest.Add(answer.Label);
                    foreach (KeyValuePair<string, float> pair in answer.Probabilities) digest.Add(pair.Key).Add(pair.Value);
                }
            });
        });
    }

    private static FrozenRun Tagger(string name, TaggerTrainingOptions options) =>
        new($"tag: {name}", (checkpoint, cancellation) =>
        {
            TaggedDataset sentences = TaggedWords.PartsOfSpeech(40, seed: 1);
            var result = TaggerTrainer.Train(
                sentences, options with { Checkpoint = checkpoint }, cancellation: cancellation);
            return new FrozenResult(result.Model, result.End, digest =>
            {
                IReadOnlyList<string>[] questions =
                    [.. TaggedWords.PartsOfSpeech(6, seed: 2).Sentences.Select(sentence => sentence.Words), ["Unseen", "the"]];
                var predictor = new TagPredictor(result.Model, threads: 1);
                foreach (TaggedWord word in predictor.Predict(questions).SelectMany(words => words))
                {
                    digest.Add(word.Word).Add(word.Tag).Add(word.Probability);
                }
            });
        });

    private static FrozenRun Language(string name, LanguageModelOptions options) =>
        new($"lm: {name}", (checkpoint, cancellation) =>
        {
            PlainText text = UnlabelledReviews.Text(60, seed: 5);
            var result = LanguageModelTrainer.Train(text, options with { Checkpoint = checkpoint }, cancellation: cancellation);
            return new FrozenResult(result.Model, result.End, digest =>
            {
                LanguageScore score = LanguageModelTrainer.Evaluate(result.Model, UnlabelledReviews.Text(9, seed: 6), threads: 1);
                digest.Add(score.Loss).Add((double)score.Tokens).Add((double)score.Characters);
                var sampling = new SamplingOptions { Temperature = 0.8f, TopK = 12, TopP = 0.95f, Seed = 3 };
                foreach (string token in new TextGenerator(result.Model).Continue("film very", 12, sampling)) digest.Add(token);
            });
        });

    private static FrozenRun Translator(string name, TranslatorTrainingOptions options) =>
        new($"translate: {name}", (checkpoint, cancellation) =>
        {
            PairDataset pairs = Phrases.Numbers(60, seed: 1);
            TrainingResult<TranslatorModel, TranslatorEvaluation> result =
                TranslatorTrainer.Train(pairs, options with { Checkpoint = checkpoint }, cancellation: cancellation);
            return new FrozenResult(result.Model, result.End, digest =>
            {
                string[] questions = [.. Phrases.Numbers(5, seed: 2).Pairs.Select(pair => pair.Source), "one Zoe two", "seven"];
                foreach (int beam in (int[])[1, 3])
                {
                    foreach (Translation answer in new Translator(result.Model, threads: 1) { Beam = beam }.Translate(questions))
                    {
                        digest.Add(answer.Text).Add(answer.Score);
                        foreach (IReadOnlyList<float> row in answer.Attention) digest.Add([.. row]);
                    }
                }
            });
        });

    private static FrozenRun Captioner(string name, CaptionerTrainingOptions options) =>
        new($"caption: {name}", (checkpoint, cancellation) =>
        {
            CaptionDataset images = CaptionerTrainerTests.Spots(60, seed: 1);
            var result = CaptionerTrainer.Train(images, options with { Checkpoint = checkpoint }, cancellation: cancellation);
            return new FrozenResult(result.Model, result.End, digest =>
            {
                CaptionDataset questions = CaptionerTrainerTests.Spots(6, seed: 2);
                foreach (Caption caption in new Captioner(result.Model, threads: 1).Describe(questions))
                {
                    digest.Add(caption.Text).Add(caption.Score);
                }
            });
        });

    private static FrozenRun Problem(string name, SequenceProblem problem, ProblemTrainingOptions options) =>
        new($"problem: {name}", (checkpoint, cancellation) =>
        {
            var result = ProblemTrainer.Train(problem, options with { Checkpoint = checkpoint }, cancellation: cancellation);
            return new FrozenResult(result.Model, result.End, digest =>
            {
                SequenceScore score = ProblemTrainer.Evaluate(result.Model, threads: 1);
                digest.Add(score.Loss).Add(score.Recalled ?? -1);
            });
        });

    private static T WithoutRecurrentDropout<T>(T options)
        where T : LearningOptions => options with { Dropout = options.Dropout with { Recurrent = null } };
}
