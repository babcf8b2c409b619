namespace Recurant.Tests.Insight;

/// <summary>Explanations of taggers, translators, language models and generated problems.</summary>
public class OtherExplanationTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Explain_Tagger_InfluenceIsWhatTheMissingWordChanges(bool randomField)
    {
        // With two tags the probability of one tells that of the other.
        TaggerModel model = new TaggerCase(new TaggerSpec
        {
            VocabularySize = 1, Tags = 2, EmbeddingSize = 5, ShapeSize = 2, CharacterSize = 3, CharacterEmbeddingSize = 4,
            Recurrent = new RecurrentSpec { HiddenSize = 6, Bidirectional = true }, RandomField = randomField,
        }).Model;
        string[] words = ["the", "Old", "unseen", "boat"];
        TagExplanation explanation = Explainer.Explain(model, words);
        var predictor = new TagPredictor(model, 1);
        IReadOnlyList<TaggedWord> whole = predictor.Predict([words])[0],
            without = predictor.Predict([["the", "unseen", "boat"]])[0];
        IReadOnlyList<TaggedWord> hidden = predictor.Predict([["the", "Old", "", "boat"]])[0];

        Assert.Equal(randomField, explanation.HasRandomField);
        for (int t = 0; t < words.Length; t++)
        {
            Assert.Equal(whole[t].Tag, explanation.Words[t].Tag);
            Assert.Equal(whole[t].Probability, explanation.Words[t].Probability, 1e-5);
            Assert.Equal(1, explanation.Words[t].Probabilities.Sum(tag => tag.Value), 1e-9);
        }

        Assert.Equal([true, true, false, true], explanation.Words.Select(word => word.IsKnown));
        TagEffect last = explanation.Words[3];
        Assert.Equal(Odds(whole[3].Probability) - Odds(ProbabilityOf(without[2], last.Tag)), last.Influence[1], 1e-4);
        TagEffect unseen = explanation.Words[2];
        Assert.Equal(ProbabilityOf(hidden[2], unseen.Tag), unseen.ProbabilityFromContext, 1e-5);
        Assert.Equal(Odds(whole[2].Probability) - Odds(unseen.ProbabilityFromContext), unseen.Influence[2], 1e-4);

        static double ProbabilityOf(TaggedWord word, string tag) => word.Tag == tag ? word.Probability : 1 - word.Probability;
    }

    [Fact]
    public void Explain_LongerThanTheLimit_SaysSo()
    {
        TaggerModel model = new TaggerCase(new TaggerSpec { VocabularySize = 1, Tags = 2 }).Model;
        string[] words = new string[Explainer.MostTaggedWords + 1];
        Array.Fill(words, "the");
        Assert.Equal(
            "The text has 501 words; at most 500 can be explained at once. Give a part of it.",
            Assert.Throws<InvalidDataException>(() => Explainer.Explain(model, words)).Message);
        var pairs = new ClassifierModel(
            new ClassifierSpec { VocabularySize = 2, Classes = 2, Model = ModelKind.BagOfWords },
            new Vocabulary(["<unk>", "a"]), ["no", "yes"]);
        string text = string.Concat(Enumerable.Repeat("a ", Explainer.MostTokens + 1));
        Assert.Contains(
            "5,001 tokens; at most 5,000", Assert.Throws<InvalidDataException>(() => Explainer.Explain(pairs, text)).Message);
    }

    [Fact]
    public void Explain_TaggerOverData_TellsItsSurestMistakes()
    {
        TaggerModel model = new TaggerCase(new TaggerSpec
        {
            VocabularySize = 1, Tags = 2, EmbeddingSize = 5, ShapeSize = 2, CharacterSize = 3, CharacterEmbeddingSize = 4,
            Recurrent = new RecurrentSpec { HiddenSize = 6, Bidirectional = true },
        }).Model;
        IReadOnlyList<TaggedWord> said = new TagPredictor(model, 1).Predict([TaggerCase.Sentences[2]])[0];
        string[] tags = [.. said.Select(word => word.Tag)];
        (tags[1], tags[4]) = (Other(tags[1]), Other(tags[4]));
        DataExplanation explanation = Explainer.Explain(
            model, new TaggedDataset("words", [new TaggedSentence(TaggerCase.Sentences[2], tags, line: 3)]));

        Assert.Equal(5.0 / 7, explanation.Accuracy!.Value, 1e-9);
        Assert.Equal([1, 4], explanation.Mistakes.Select(mistake => mistake.Place).Order());
        Assert.All(explanation.Mistakes, mistake => Assert.Equal(3, mistake.Line));
        Assert.True(explanation.Mistakes[0].Probability >= explanation.Mistakes[1].Probability);

        static string Other(string tag) => tag == "T0" ? "T1" : "T0";
    }

    [Fact]
    public void Explain_Translation_ProbabilitiesAreThoseOfTheSearch()
    {
        var options =
            new TranslatorTrainingOptions { Subwords = 60, Embedding = 12, Hidden = 16, Batch = 16, Epochs = 2, Threads = 1 };
        TranslatorModel model = TranslatorTrainer.Train(Phrases.Numbers(100, seed: 1), options).Model;
        string source = Phrases.Numbers(1, seed: 5).Pairs[0].Source;
        DecoderExplanation explanation = Explainer.Explain(model, source);
        Translation translation = new Translator(model, 1).Translate(source);

        Assert.Equal(translation.Text, explanation.Text);
        Assert.Equal(translation.SourcePieces, explanation.Source.SkipLast(1));
        // The score is a mean over the pieces and the end mark, if that was said.
        double mean = explanation.Pieces.Average(piece => Math.Log(piece.Probability));
        Assert.Equal(translation.Score, mean, 1e-3);
        Assert.All(explanation.Pieces, piece => Assert.Equal(1, piece.Attention.Sum(), 1e-4));
        Assert.All(explanation.Pieces, piece => Assert.Equal(explanation.Source.Count, piece.Influence.Count));
        Assert.Contains(explanation.Pieces, piece => piece.Influence.Any(influence => Math.Abs(influence) > 1e-3));
        Assert.Empty(Explainer.Explain(model, "").Pieces);
    }

    [Theory]
    [InlineData(TokenUnit.Character)]
    [InlineData(TokenUnit.Word)]
    public void Explain_LanguageModel_BitsAreTheLossAndInfluenceTheLossWithout(TokenUnit unit)
    {
        string[] lines = ["the cat sat on the mat", "a dog sat on a cat", "the dog and the cat", "a mat and a dog"];
        LanguageModel model = LanguageModelTrainer.Train(
            new PlainText("lines", [.. Enumerable.Repeat(lines, 10).SelectMany(line => line)]),
            new LanguageModelOptions { Unit = unit, Hidden = 12, Embedding = 8, Epochs = 1, Threads = 1 }).Model;
        LanguageExplanation explanation = Explainer.Explain(model, "the cat sat");
        LanguageExplanation without = Explainer.Explain(model, unit == TokenUnit.Word ? "the sat" : "thecat sat");
        int missing = unit == TokenUnit.Word ? 1 : 3;

        // With the end of its line the text is one that can be scored.
        double loss = LanguageModelTrainer.Evaluate(model, new PlainText("line", ["the cat sat"]), 1).Loss;
        LanguageExplanation line = Explainer.Explain(model, "the cat sat\n");
        Assert.Equal(loss * line.Tokens.Count, line.Bits * Math.Log(2), 1e-3);
        for (int t = missing + 1; t < explanation.Tokens.Count; t++)
        {
            Assert.Equal(t, explanation.Tokens[t].Influence.Count);
            Assert.Equal(without.Tokens[t - 1].Bits - explanation.Tokens[t].Bits, explanation.Tokens[t].Influence[missing], 1e-4);
        }

        TokenSurprise last = explanation.Tokens[^1];
        (string first, double p) = last.Expected[0];
        Assert.True(last.Expected.Zip(last.Expected.Skip(1)).All(pair => pair.First.Value >= pair.Second.Value));
        if (first == last.Token) Assert.Equal(p, last.Probability, 1e-5);
        else Assert.True(last.Probability <= p + 1e-6);
        Assert.Empty(Explainer.Explain(model, "").Tokens);
    }

    [Fact]
    public void Explain_Adding_AStepDoesWhatItsNumberAdds()
    {
        // One relu unit of weight 1 everywhere: the answer is the sum of all numbers, marked or not.
        var model = new SequenceModel(new SequenceSpec
        {
            Problem = SequenceProblem.Parse("adding:70")!,
                Recurrent = new RecurrentSpec
                {
                    Cell = CellKind.Elman, Activation = Activation.Relu, HiddenSize = 1,
                },
        });
        foreach (Parameter parameter in model.Parameters)
        {
            if (parameter.Name.Contains("weight", StringComparison.Ordinal))
            {
                parameter.SetValues([.. Enumerable.Repeat(1f, parameter.Count)]);
            }

            if (parameter.Name == "weight_ih_l0") parameter.SetValues([1f, 0f]);
        }

        ProblemExplanation explanation = Explainer.Explain(model, 3);
        Assert.Equal(70, explanation.Steps.Count);
        Assert.Equal(2, explanation.Steps.Sum(step => step.Input[1]));
        Assert.Equal(explanation.Steps.Sum(step => step.Input[0] * step.Input[1]), explanation.Expected[0], 1e-5);
        Assert.Equal(explanation.Steps.Sum(step => step.Input[0]), explanation.Answer[0], 1e-3);
        Assert.All(explanation.Steps, step => Assert.Equal(step.Input[0], step.Effect, 1e-4));
    }

    [Fact]
    public void Explain_Copying_NamesTheSymbolsThatAreAsked()
    {
        var model = new SequenceModel(new SequenceSpec { Problem = SequenceProblem.Parse("copying:5")!,
            Recurrent = new RecurrentSpec
            {
                HiddenSize = 6,
            } });
        model.Network.Initialise(3, memorySteps: 0);
        ProblemExplanation explanation = Explainer.Explain(model, 0);
        Assert.Equal(25, explanation.Steps.Count);
        Assert.Equal(explanation.Steps.Take(10).Select(step => step.Input[0]), explanation.Expected);
        Assert.Contains(explanation.Steps.Take(10), step => Math.Abs(step.Effect) > 1e-5);
        // What is a blank already does nothing.
        Assert.All(explanation.Steps.Where(step => step.Input[0] == 8), step => Assert.Equal(0, step.Effect));
    }

    private static double Odds(double p) => Math.Log(p / (1 - p));
}
