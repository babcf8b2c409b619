using Recurant.Cells;
using Recurant.Layers;
using Recurant.Numerics;
using Recurant.Parameters;

namespace Recurant.Models;

/// <summary>What an encoder-decoder keeps of a batch; one per thread of control.</summary>
internal sealed class TranslatorMemory
{
    public required EncoderMemory Encoder { get; init; }

    public required DecoderMemory Decoder { get; init; }

    public SoftmaxOutputMemory Output { get; } = new();
}

/// <summary>
/// Many to many, unaligned: an encoder reads the source, a decoder says the target, and attention tells it where to look.
/// <code>
/// (1) e_1 .. e_S = encoder(source)
/// (2) r_1 .. r_T = decoder(mark, y_1 .. y_(T-1); e)
/// (3) p(y_t) = softmax(V r_t + b)
/// </code>
/// The mark ends every sentence of both sides, and is what the decoder reads first. It has the last number.
/// </summary>
internal sealed class TranslatorNetwork
{
    private readonly TranslatorSpec _spec;
    private readonly Embedding? _sourceVectors;
    private readonly Embedding _targetVectors;
    private readonly Dense? _ownOutput;
    private readonly Parameter _outputBias;

    public TranslatorNetwork(TranslatorSpec spec)
    {
        spec.Validate();
        _spec = spec;
        _targetVectors = new Embedding(spec.TargetVocabularySize, spec.EmbeddingSize, isShared: spec.Tied != TiedVectors.None);
        _targetVectors.Table.Name = spec.Tied == TiedVectors.All ? "embedding.weight" : "decoder.embedding.weight";
        if (spec.Tied == TiedVectors.All)
        {
            _sourceVectors = _targetVectors;
        }
        else if (spec.SourceVocabularySize > 0)
        {
            _sourceVectors = new Embedding(spec.SourceVocabularySize, spec.EmbeddingSize);
            _sourceVectors.Table.Name = "encoder.embedding.weight";
        }

        Decoder = new TranslatorDecoder(spec, _targetVectors);
        Encoder = new TranslatorEncoder(spec, _sourceVectors, Decoder.StateSize);
        _ownOutput = spec.Tied == TiedVectors.None ? new Dense("output", spec.ReadoutSize, spec.TargetVocabularySize) : null;
        _outputBias = _ownOutput?.Bias ?? new Parameter("output.bias", spec.TargetVocabularySize);
        Output = new SoftmaxOutput(_ownOutput?.Weights ?? _targetVectors.Table, _outputBias);
        Parameters =
        [
            .. _sourceVectors is null || spec.Tied == TiedVectors.All ? [] : new[] { _sourceVectors.Table },
            _targetVectors.Table,
            .. Encoder.Parameters,
            .. Decoder.Parameters,
            .. _ownOutput is null ? [] : new[] { _ownOutput.Weights },
            _outputBias,
        ];
    }

    /// <summary>All tensors, in the order of the model file.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    public TranslatorSpec Spec => _spec;

    public TranslatorEncoder Encoder { get; }

    public TranslatorDecoder Decoder { get; }

    public SoftmaxOutput Output { get; }

    /// <summary>The number of the mark that begins and ends a target.</summary>
    public int Mark => _spec.TargetVocabularySize - 1;

    public TranslatorMemory CreateMemory() => new()
    {
        Encoder = Encoder.CreateMemory(), Decoder = Decoder.CreateMemory(),
    };

    public void Initialise(ulong seed)
    {
        _sourceVectors?.Initialise(seed, 0, deviation: 0.1f);
        _targetVectors.Initialise(seed, 1, deviation: 0.1f);
        Encoder.Initialise(seed, 1000);
        Decoder.Initialise(seed, 3000);
        _ownOutput?.Initialise(seed, 5000);
    }

    /// <summary>
    /// The sum of the target words' losses; where the network learns, also the gradients of all parameters of the mean loss of a
    /// word, smoothed.
    /// </summary>
    public double Loss(
        Workers workers, TranslationBatch batch, TranslatorMemory memory, bool learns, DropoutPlan? dropout, float smoothing,
        out int correct)
    {
        DropoutPlan? ofDecoder = OfDecoder(dropout);
        if (dropout is { Word: > 0 })
        {
            if (_sourceVectors is not null) WordDropout.ReadAsUnknown(batch.Source, dropout.Value);
            WordDropout.ReadAsUnknown(batch.Target, ofDecoder!.Value);
        }

        Matrix states = Encoder.Forward(workers, batch.Source, batch.Vectors, memory.Encoder, learns, dropout);
        Decoder.Attention.Prepare(workers, states, memory.Decoder.Attention);
        Decoder.SetStates(
            memory.Encoder.Start.Rows(batch.Source.Sequences), batch.Pairs.SourceOf.Span, memory.Decoder, continues: false);
        Matrix result = Decoder.Forward(workers, batch.Pairs, states, memory.Decoder, learns, ofDecoder);
        int rows = result.Rows;
        Matrix? dResult = learns ? memory.Decoder.DResult.Reserve(rows, result.Columns).Rows(rows) : null;
        double loss = Output.Loss(workers, result, batch.Right, smoothing, 1f / rows, dResult, memory.Output, out correct);
        if (dResult is not { } gradient) return loss;
        memory.Encoder.DStates.Reserve(states.Rows, states.Columns).Clear();
        Matrix dStates = memory.Encoder.DStates.Rows(states.Rows);
        int sequences = batch.Source.Sequences;
        Matrix dStart = memory.Encoder.DStart.Reserve(sequences, Decoder.StateSize).Rows(sequences);
        Decoder.Backward(workers, batch.Pairs, states, gradient, dStates, dStart, memory.Decoder, ofDecoder);
        Encoder.Backward(workers, batch.Source, batch.Vectors, memory.Encoder, dropout);
        return loss;
    }

    /// <summary>The decoder draws other numbers than the encoder, whose purposes are the same.</summary>
    internal static DropoutPlan? OfDecoder(DropoutPlan? dropout) =>
        dropout is { } plan ? plan with { Seed = plan.Seed ^ 0x9E3779B97F4A7C15UL } : null;
}
