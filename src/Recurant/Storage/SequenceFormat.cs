using Recurant.Data;
using Recurant.Models;
using static Recurant.Storage.SpecificationText;

namespace Recurant.Storage;

/// <summary>A network for a generated problem in a model file: its specification.</summary>
internal sealed class SequenceFormat : ModelFormat
{
    public override string Task => "sequence problem";

    public override bool Fits(TrainedModel model) => model is SequenceModel;

    public override void WriteMetadata(TrainedModel model, SafetensorsWriter writer)
    {
        SequenceSpec spec = ((SequenceModel)model).Spec;
        writer.AddMetadata(ModelMetadata.SpecificationKey, SpecificationText.Write(Task, json =>
        {
            json.WriteString("problem", spec.Problem.ToString());
            json.WriteString("cell", Name(spec.Cell));
            json.WriteString("activation", Name(spec.Activation));
            json.WriteString("form", Name(spec.Form));
            json.WriteString("gru_reset", Name(spec.GruReset));
            json.WriteNumber("hidden_size", spec.HiddenSize);
            json.WriteNumber("layers", spec.Layers);
        }));
    }

    public override TrainedModel Read(ModelMetadata metadata) => metadata.Parse(
        ModelMetadata.SpecificationKey, json => new SequenceModel(SpecificationText.Read(json, root =>
        {
            string problem = Text(root, "problem");
            return new SequenceSpec
            {
                Problem = SequenceProblem.Parse(problem) ?? throw new FormatException($"there is no problem \"{problem}\"."),
                Cell = Choice<Cells.CellKind>(root, "cell"),
                Activation = Choice<Cells.Activation>(root, "activation"),
                Form = Choice<Cells.ElmanForm>(root, "form"),
                GruReset = Choice<Cells.GruReset>(root, "gru_reset"),
                HiddenSize = Number(root, "hidden_size"),
                Layers = Number(root, "layers"),
            };
        })));

    public override ModelDescription Describe(TrainedModel model)
    {
        SequenceProblem problem = ((SequenceModel)model).Spec.Problem;
        return new ModelDescription
        {
            Task = model.Task, Summary = model.Summary, Tokens = problem.Inputs, Labels = [], Layers = model.Describe(),
            Reading = $"{problem.Steps} steps of {problem.Inputs} numbers", TrainingRecord = model.TrainingRecord,
        };
    }
}
