using Recurant.Models;

namespace Recurant.Storage;

/// <summary>A captioner in a model file: its specification, and the pieces of its sentences.</summary>
internal sealed class CaptionerFormat : ModelFormat
{
    public override string Task => TaskNames.Caption;

    public override bool Fits(TrainedModel model) => model is CaptionerModel;

    public override void WriteMetadata(TrainedModel model, SafetensorsWriter writer)
    {
        var captioner = (CaptionerModel)model;
        AddSpecification(writer, captioner.Spec, SpecificationContext.Default.CaptionerSpec);
        PiecesFormat.Write(writer, captioner.Target);
    }

    public override TrainedModel Read(ModelMetadata metadata)
    {
        CaptionerSpec spec = metadata.Specification(SpecificationContext.Default.CaptionerSpec);
        TextPieces target = PiecesFormat.Read(metadata, spec.Network.TargetVocabularySize, "target_vocabulary_size");
        return metadata.Parse(ModelMetadata.SpecificationKey, _ => new CaptionerModel(spec, target));
    }

    public override ModelDescription Describe(TrainedModel model)
    {
        var captioner = (CaptionerModel)model;
        CaptionerSpec spec = captioner.Spec;
        string pieces = captioner.Target is SubwordPieces ? "subwords" : "whole words";
        return new ModelDescription
        {
            Task = model.Task,
            Summary = model.Summary,
            Tokens = captioner.Target.Count,
            Reading = $"{pieces}; reads images of {spec.Width} x {spec.Height} pixels, {(spec.Channels == 1 ? "grey" : "in colour")}",
            Labels = [],
            Layers = model.Describe(),
            TrainingRecord = model.TrainingRecord,
        };
    }
}
