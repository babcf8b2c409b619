using System.Globalization;
using System.Text.Json.Nodes;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Recurant.Goldens;

/// <summary>Writes ten training steps of a small classifier with each cell and each optimiser.</summary>
internal static class StepGoldens
{
    private const int Steps = 10;
    private const double ClipNorm = 0.3;
    private const int LeastClippedSteps = 3;
    private const double UpdateRuleTolerance = 1e-9;

    // Single precision stays within 1e-6 over these ten steps; a wrong update rule shows as 1e-3 or more.
    private const double SinglePrecisionTolerance = 1e-5;

    public static void Write(string directory)
    {
        // Every word occurs, so that updating only the rows of words that occur, and updating all rows, are the same.
        Batch[] batches = [Batch.Make(2000, [3, 5, 1, 4, 2, 6, 4, 3])];
        if (batches.Any(batch => batch.Tokens.SelectMany(row => row).Distinct().Count() != Classifier.Vocabulary))
        {
            throw new InvalidOperationException("a word of the vocabulary does not occur in the batch");
        }

        var runs = new List<string>();
        int seed = 3000;
        foreach (string cell in (string[])["rnn_tanh", "lstm", "gru"])
        {
            var file = new SafetensorsWriter();
            using var initial = new Classifier(cell, ScalarType.Float64);
            initial.Fill(new Random(seed++));
            Add(file, "initial.", initial);
            foreach (OptimizerSettings settings in OptimizerSettings.All(ClipNorm))
            {
                runs.Add(Run(cell, settings, initial, batches, file));
            }

            file.Save(Path.Combine(directory, $"steps-{cell}.safetensors"));
        }

        File.WriteAllText(Path.Combine(directory, "steps.json"), string.Create(CultureInfo.InvariantCulture, $$"""
            {
              "vocabulary": {{Classifier.Vocabulary}},
              "embedding_size": {{Classifier.EmbeddingSize}},
              "hidden_size": {{Classifier.HiddenSize}},
              "classes": {{Classifier.Classes}},
              "batches": [
                {{string.Join(",\n    ", batches.Select(batch => batch.ToJson()))}}
              ],
              "runs": [
                {{string.Join(",\n    ", runs)}}
              ]
            }

            """));
    }

    private static string Run(
        string cell, OptimizerSettings settings, Classifier initial, Batch[] batches, SafetensorsWriter file)
    {
        using var model = new Classifier(cell, ScalarType.Float64);
        model.CopyFrom(initial);
        (double[] losses, double[] norms) = Train(model, settings, batches, check: true);

        using var single = new Classifier(cell, ScalarType.Float32);
        single.CopyFrom(initial);
        Train(single, settings, batches, check: false);
        string what = $"{cell}, {settings.Name}, single precision";
        Values.MustAgree(what, model.FlatParameters(), single.FlatParameters(), SinglePrecisionTolerance);

        if (settings.ClipNorm > 0 && norms.Count(norm => norm > settings.ClipNorm) < LeastClippedSteps)
        {
            throw new InvalidOperationException($"{cell}, {settings.Name}: the clipping hardly ever acts");
        }

        Add(file, settings.Name + ".", model);
        JsonObject json = settings.ToJson();
        json.Insert(0, "cell", cell);
        json["file"] = $"steps-{cell}.safetensors";
        json["losses"] = new JsonArray([.. losses.Select(loss => (JsonNode)loss)]);
        json["gradient_norms"] = new JsonArray([.. norms.Select(norm => (JsonNode)norm)]);
        json["float32_difference"] = Values.LargestDifference(model.FlatParameters(), single.FlatParameters());
        return json.ToJsonString();
    }

    private static (double[] Losses, double[] Norms) Train(
        Classifier model, OptimizerSettings settings, Batch[] batches, bool check)
    {
        var losses = new double[Steps];
        var norms = new double[Steps];
        var second = new OptimizerCheck(settings, model.FlatParameters(), model.FlatDecays());
        using optim.Optimizer optimizer = settings.Make(model.parameters());
        for (int step = 0; step < Steps; step++)
        {
            using var _ = NewDisposeScope();
            Batch batch = batches[step % batches.Length];
            optimizer.zero_grad();
            Tensor loss = nn.functional.cross_entropy(model.call(batch), tensor(batch.Labels));
            losses[step] = loss.ToDouble();
            loss.backward();
            double[] gradients = model.FlatGradients();
            norms[step] = Math.Sqrt(gradients.Sum(g => g * g));
            if (settings.ClipNorm > 0) nn.utils.clip_grad_norm_(model.parameters(), settings.ClipNorm);
            optimizer.step();
            if (check)
            {
                second.Step(gradients);
                string what = $"{settings.Name}, step {step + 1} against the documented update rule";
                Values.MustAgree(what, model.FlatParameters(), second.Parameters, UpdateRuleTolerance);
            }
        }

        return (losses, norms);
    }

    private static void Add(SafetensorsWriter file, string prefix, Classifier model)
    {
        foreach ((string name, Parameter parameter) in model.named_parameters())
        {
            file.Add(prefix + name, parameter.shape, Values.ToFloats(Values.ToDoubles(parameter)));
        }
    }
}
