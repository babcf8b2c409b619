namespace Recurant.Tasks;

/// <summary>Reads clips with a model, many at a time.</summary>
internal sealed class SpeechScorer(SpeechModel model, Workers workers)
{
    /// <summary>The steps that are read together, so that many clips take no more memory than a few.</summary>
    private const int Together = 8192;

    private readonly Pass _pass = new(threads: workers.Count);
    private readonly SequenceBatch _batch = new();
    private readonly ConnectionistTemporalClassification _classification = new(model.Spec.Classes, SpeechTexts.Blank);
    private readonly TemporalClassificationMemory _memory = new();
    private float[] _values = [], _logits = [];
    private int[] _lengths = [];

    /// <summary>What is done with a clip.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="logits">[steps, K], which are used again.</param>
    /// <param name="loss">-ln p(transcript); 0 where it has none.</param>
    public delegate void Take(int number, ReadOnlySpan<float> logits, double loss);

    /// <summary>The logits of all clips.</summary>
    /// <exception cref="InvalidDataException">A logit is no finite number.</exception>
    public void Answer(SpeechFrames frames, Take take, CancellationToken cancellation = default)
    {
        int width = model.Features.Width * model.Spec.Join, classes = model.Spec.Classes;
        for (int first = 0, count; first < frames.Clips.Count; first += count)
        {
            cancellation.ThrowIfCancellationRequested();
            int steps = frames.StepsOf(first);
            for (count = 1; first + count < frames.Clips.Count; count++)
            {
                int more = frames.StepsOf(first + count);
                if (steps + more > Together) break;
                steps += more;
            }

            _values = Workspace.Reserve(_values, (long)steps * width);
            _lengths = Workspace.Reserve(_lengths, count);
            for (int i = 0, at = 0; i < count; i++)
            {
                _lengths[i] = frames.StepsOf(first + i);
                frames.Write(frames.Features[first + i], _values.AsSpan(at, _lengths[i] * width));
                at += _lengths[i] * width;
            }

            _batch.Set(_lengths.AsSpan(0, count), _values.AsSpan(0, steps * width), width);
            _pass.Begin(PassKind.Prediction);
            SequenceBatch logits = model.Network.Forward(_pass, _batch);
            if (!logits.Matrix.IsFinite) throw Answers.NotFinite();
            int[][] right = [.. Enumerable.Range(first, count).Select(i => frames.HasLoss(i) ? frames.Classes[i]! : [])];
            _classification.Loss(workers, logits.Layout, logits.Matrix, right, _memory);
            for (int i = 0; i < count; i++)
            {
                _logits = Workspace.Reserve(_logits, _lengths[i] * classes);
                Span<float> own = _logits.AsSpan(0, _lengths[i] * classes);
                logits.CopyTo(i, own);
                take(first + i, own, frames.HasLoss(first + i) ? _memory.Losses[logits.Layout.RankOf(i)] : 0);
            }
        }
    }

    /// <summary>
    /// The score of transcripts. The loss is the mean over the clips that have one: a transcript with symbols that were never
    /// seen, or too long for its clip, has a probability of 0.
    /// </summary>
    /// <param name="frames">The clips.</param>
    /// <param name="beam">The prefixes that are followed; 1 for the best path.</param>
    /// <param name="cancellation">Looked at between batches.</param>
    public TranscriptScore Score(SpeechFrames frames, int beam, CancellationToken cancellation = default)
    {
        var meter = new TranscriptMeter();
        var texts = new SpeechTexts(model);
        double loss = 0;
        int counted = 0;
        Answer(frames, (number, logits, own) =>
        {
            meter.Add(frames.Clips[number].Text, texts.Text(Decode(logits, beam)));
            loss += own;
            if (frames.HasLoss(number)) counted++;
        }, cancellation);
        return meter.ToScore(loss / Math.Max(1, counted));
    }

    /// <summary>The classes of the text that logits say.</summary>
    /// <param name="logits">[steps, K].</param>
    /// <param name="beam">The prefixes that are followed; 1 for the best path.</param>
    public IReadOnlyList<int> Decode(ReadOnlySpan<float> logits, int beam)
    {
        int classes = model.Spec.Classes;
        if (beam == 1) return [.. CtcBestPath.Decode(logits, classes, SpeechTexts.Blank).Select(symbol => symbol.Label)];
        var options = new CtcSearchOptions { Beam = beam, Blank = SpeechTexts.Blank };
        return CtcBeamSearch.Search(logits, classes, options)[0].Labels;
    }
}
