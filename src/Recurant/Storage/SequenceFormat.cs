using Recurant.Data;
using Recurant.Models;

namespace Recurant.Storage;

/// <summary>A network for a generated problem in a model file: its specification.</summary>
internal sealed class SequenceFormat : ModelFormat
{
    public override string Task => TaskNames.Problem;

    public override bool Fits(TrainedModel model) => model is SequenceModel;

    public override void WriteMetadata(TrainedModel model, SafetensorsWriter writer) =>
        AddSpecification(writer, ((SequenceModel)model).Spec, SpecificationContext.Default.SequenceSpec);

    public override TrainedModel Read(ModelMetadata metadata)
    {
        SequenceSpec spec = metadata.Specification(SpecificationContext.Default.SequenceSpec);
        return metadata.Parse(ModelMetadata.SpecificationKey, _ => new SequenceModel(spec));
    }

    public override ModelDescription Describe(TrainedModel model)
    {
        SequenceProblem problem = ((SequenceModel)model).Spec.Problem;
        return new ModelDescription
        {
            Task = model.Task, Summary = model.Summary, Tokens = 0, Labels = [], Layers = model.Describe(),
            Reading = $"{problem.Steps} steps of {problem.Inputs} numbers", TrainingRecord = model.TrainingRecord,
        };
    }
}
