namespace Recurant.Tests.Models;

/// <summary>Several networks whose probabilities are averaged.</summary>
public class ModelAverageTests
{
    // A mean of numbers of single precision, and a logarithm of it.
    private const double Tolerance = 2e-6;

    private static readonly (string Text, string Label)[] s_rows =
        [("the film was good", "good"), ("bad", "bad"), ("not the good film not bad", "mixed"), ("", "bad")];

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public void Evaluate_SeveralModels_GivesTheMeanOfTheirProbabilitiesAndItsLoss(int count)
    {
        ClassifierModel[] models = [.. Enumerable.Range(0, count).Select(Model)];
        double[][] mean = [.. s_rows.Select(row => Mean(models, row.Text))];
        TextDataset data = TextDataset.FromPairs(s_rows);
        var average = ClassifierModel.AverageOf(models);
        var predictor = new Predictor(average, threads: 2);
        IReadOnlyList<Prediction> predictions = predictor.Predict([.. s_rows.Select(row => row.Text)]);
        for (int i = 0; i < s_rows.Length; i++)
        {
            for (int j = 0; j < 3; j++) Assert.Equal(mean[i][j], predictions[i].Probabilities[j].Value, Tolerance);
        }

        double loss = s_rows.Select((row, i) => -Math.Log(mean[i][average.Labels.ToList().IndexOf(row.Label)])).Average();
        Assert.Equal(loss, predictor.Evaluate(data).Loss, Tolerance);
        Assert.Equal(count, average.Spec.Models);
        Assert.StartsWith($"average of {count} models: LSTM", average.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void Loss_ProbabilitiesTooSmallForFloats_IsStillExact()
    {
        float[] logs = [-200f, -210f, -300f];
        double expected = Math.Log(3) - Math.Log(1 + Math.Exp(-10)) + 200;
        Assert.Equal(expected, ModelAverage.Loss(logs), 1e-4);
        Assert.Equal(0, ModelAverage.Loss([0f, 0f]), 1e-6);
    }

    [Fact]
    public void AverageOf_OneModel_IsThatModel()
    {
        ClassifierModel only = Model(0);
        Assert.Same(only, ClassifierModel.AverageOf([only]));
        Assert.Equal("embedding.weight", only.Parameters[0].Name);
    }

    [Fact]
    public void Describe_SeveralModels_AccountsForEveryTensorOnce()
    {
        ClassifierModel average = ClassifierModel.AverageOf([Model(0), Model(1)]);
        Assert.Equal("models.0.embedding.weight", average.Parameters[0].Name);
        Assert.Contains(average.Parameters, parameter => parameter.Name == "models.1.output.bias");
        IReadOnlyList<LayerDescription> layers = average.Describe();
        Assert.Equal(
            average.Parameters.Select(parameter => parameter.Name).Order(), layers.SelectMany(layer => layer.Tensors).Order());
        Assert.Equal(average.ParameterCount, layers.Sum(layer => layer.ParameterCount));
        Assert.Equal(("average of 2 models", "2 x [3] -> [3]"), (layers[^1].Name, layers[^1].Shape));
    }

    private static ClassifierModel Model(int number)
    {
        ClassifierModel model = ModelFileCase.Model(ModelFileCase.Spec);
        ulong seed = 100 * (ulong)(number + 1);
        foreach (Parameter parameter in model.Parameters) parameter.InitialiseUniform(seed++, 0, 1.5f);
        return model;
    }

    private static double[] Mean(ClassifierModel[] models, string text)
    {
        double[] mean = new double[3];
        foreach (ClassifierModel model in models)
        {
            Prediction prediction = new Predictor(model, threads: 1).Predict(text);
            for (int j = 0; j < mean.Length; j++) mean[j] += prediction.Probabilities[j].Value / (double)models.Length;
        }

        return mean;
    }
}
