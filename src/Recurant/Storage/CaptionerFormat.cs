using Recurant.Models;
using static Recurant.Storage.SpecificationText;

namespace Recurant.Storage;

/// <summary>A captioner in a model file: its specification, and the pieces of its sentences.</summary>
internal sealed class CaptionerFormat : ModelFormat
{
    public override string Task => "captioning";

    public override bool Fits(TrainedModel model) => model is CaptionerModel;

    public override void WriteMetadata(TrainedModel model, SafetensorsWriter writer)
    {
        var captioner = (CaptionerModel)model;
        CaptionerSpec spec = captioner.Spec;
        writer.AddMetadata(ModelMetadata.SpecificationKey, Write(Task, json =>
        {
            json.WriteNumber("width", spec.Width);
            json.WriteNumber("height", spec.Height);
            json.WriteNumber("channels", spec.Channels);
            json.WriteNumber("band_height", spec.BandHeight);
            json.WriteNumber("strip_width", spec.StripWidth);
            TranslatorSpecJson.Write(json, spec.Network);
        }));
        PiecesFormat.Write(writer, captioner.Target);
    }

    public override TrainedModel Read(ModelMetadata metadata)
    {
        CaptionerSpec spec = metadata.Parse(ModelMetadata.SpecificationKey, text => SpecificationText.Read(text, root => new CaptionerSpec
        {
            Width = Number(root, "width"),
            Height = Number(root, "height"),
            Channels = Number(root, "channels"),
            BandHeight = Number(root, "band_height"),
            StripWidth = Number(root, "strip_width"),
            Network = TranslatorSpecJson.Read(root),
        }));
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
