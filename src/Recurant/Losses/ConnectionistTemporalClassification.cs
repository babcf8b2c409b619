using System.Runtime.CompilerServices;

namespace Recurant.Losses;

/// <summary>
/// Connectionist temporal classification: the loss of a text whose symbols come in the order of the frames, while nobody says
/// when. An alignment gives every frame a symbol or the blank; it spells the text that is left when equal neighbours are joined
/// and then the blanks taken out. The probability of a text is the sum over all alignments that spell it.
/// <code>
/// (1) y_t = softmax(z_t)
/// (2) p(l) = sum_(a spells l) prod_t y_(t, a_t)
/// (3) J = -ln p(l)
/// </code>
/// Of a text l_0 .. l_(L-1) an alignment is, at each frame, in the blank before l_j (state A_j, j = 0 .. L) or in l_j itself
/// (state B_j). With m_j = 1 where l_j differs from l_(j-1), else 0, for equal neighbours need a blank between them:
/// <code>
/// (4)  A_t,j = y_(t, blank) (A_(t-1),j + B_(t-1),j-1)
///      B_t,j = y_(t, l_j) (B_(t-1),j + A_(t-1),j + m_j B_(t-1),j-1)                      A_(-1),0 = 1, all others 0
/// (5)  p(l) = A_(T-1),L + B_(T-1),L-1
/// (4') A'_t,j = A''_(t+1),j + B''_(t+1),j                                              A''_t,j = y_(t, blank) A'_t,j
///      B'_t,j = B''_(t+1),j + A''_(t+1),j+1 + m_(j+1) B''_(t+1),j+1                    B''_t,j = y_(t, l_j) B'_t,j
///                                                                              A''_T,L = 1, all others 0
/// (6)  p(t is the blank | l) = sum_j A_t,j A'_t,j / p(l)
///      p(t is k | l) = sum_(j: l_j = k) B_t,j B'_t,j / p(l)
/// (1') dz_(t,k) = y_(t,k) - p(t is k | l)
/// </code>
/// </summary>
/// <remarks>
/// <para>A and B of several hundred frames lie far outside the range of a float, and of states that matter later some are at
/// first e^-100 of the largest or less, so that one scale for a whole frame is not enough. So every state is m 2^e with an
/// exponent of its own: a sum costs two shifts of exponents instead of two exponentials and a logarithm, and keeps 24 bits
/// wherever it stands, while the last bit of a logarithm near -1000 is 6e-5. Instead of y stands u = e^(z - largest z): the sum
/// of a row's u cancels in (6), and its logarithm is added to the loss at the end.</para>
/// <para>Lanes run over j, threads over utterances; the sums of (6) have an order that knows neither. What a frame sums to in (6)
/// is taken for p(l), so that each row of (1') adds up to zero.</para>
/// <para>Source: Graves, Fernandez, Gomez and Schmidhuber, "Connectionist Temporal Classification", ICML 2006, whose beta is A''
/// and B'' here.</para>
/// </remarks>
internal sealed partial class ConnectionistTemporalClassification
{
    /// <summary>The exponent of zero: 2^-8388608, to which nothing that is possible comes near.</summary>
    private const float Nothing = -8388608f;

    /// <summary>Below this exponent sums of exponents are no longer kept apart from zero: no such loss is a number.</summary>
    private const float LeastExponent = -4194304f;

    private const double Ln2 = 0.69314718055994530942;

    private const int Lane = LaneFold.Lanes;

    private readonly int _paddedClasses;

    /// <param name="classes">K: the symbols and the blank.</param>
    /// <param name="blank">The index of the blank, 0 to K - 1. Default: 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The blank is none of the K classes.</exception>
    public ConnectionistTemporalClassification(int classes, int blank = 0)
    {
        if (blank < 0 || blank >= classes)
        {
            throw new ArgumentOutOfRangeException(
                nameof(blank), $"The blank is {blank}; with {classes} classes it must be 0 to {classes - 1}.");
        }

        (Classes, Blank, _paddedClasses) = (classes, blank, LaneFold.Padded(classes));
    }

    /// <summary>K: the symbols and the blank.</summary>
    public int Classes { get; }

    /// <summary>The index of the blank.</summary>
    public int Blank { get; }

    /// <summary>
    /// The fewest frames in which a text can be spelt: one for each symbol, and one for the blank between equal neighbours.
    /// </summary>
    public static int FramesNeeded(ReadOnlySpan<int> target)
    {
        int frames = target.Length;
        for (int j = 1; j < target.Length; j++) if (target[j] == target[j - 1]) frames++;
        return frames;
    }

    /// <summary>
    /// Computes the losses (3) and replaces the logits by their gradients (1'), divided by the number of utterances.
    /// </summary>
    /// <param name="workers">The threads.</param>
    /// <param name="batch">The layout of the rows.</param>
    /// <param name="logits">
    /// z [rows, K]; replaced by dz, which is NaN for an utterance whose loss is not a finite number. What lies more than a
    /// million beneath the largest of its row counts as a million, minus infinity too.
    /// </param>
    /// <param name="targets">
    /// The symbols of each utterance in the order in which the batch was asked for; none at all is a text, too.
    /// </param>
    /// <param name="memory">Scratch; has the loss of each utterance afterwards.</param>
    /// <returns>
    /// The sum of the utterances' losses, in nats; no finite number where a logit is NaN or infinity, or a loss above 2.9
    /// million.
    /// </returns>
    /// <exception cref="ArgumentException">
    /// There is not one text for each utterance, one holds the blank or no class at all, or an utterance has fewer frames than
    /// its text needs; nothing was changed.
    /// </exception>
    public double Apply(
        Workers workers, BatchLayout batch, Matrix logits, IReadOnlyList<int[]> targets, TemporalClassificationMemory memory) =>
        Run(workers, batch, logits, targets, memory, wantsGradients: true);

    /// <summary>The sum of the utterances' losses (3) alone; the logits stay.</summary>
    /// <inheritdoc cref="Apply"/>
    public double Loss(
        Workers workers, BatchLayout batch, Matrix logits, IReadOnlyList<int[]> targets, TemporalClassificationMemory memory) =>
        Run(workers, batch, logits, targets, memory, wantsGradients: false);

    private double Run(
        Workers workers, BatchLayout batch, Matrix logits, IReadOnlyList<int[]> targets, TemporalClassificationMemory memory,
        bool wantsGradients)
    {
        if (logits.Columns != Classes || logits.Rows != batch.Rows)
        {
            throw new ArgumentException(
                $"Logits [{logits.Rows}, {logits.Columns}] were given; [{batch.Rows}, {Classes}] are expected.", nameof(logits));
        }

        int longest = Check(batch, targets);
        memory.Reserve(workers.Count, batch.Sequences, Utterance.Floats(batch.Steps, longest, _paddedClasses));
        var work = new UtteranceWork
        {
            Owner = this, Batch = batch, Logits = logits, Targets = targets, Memory = memory, WantsGradients = wantsGradients,
        };
        workers.Run(ref work);
        return memory.Total(batch);
    }

    /// <summary>Checks the texts of a batch and returns the length of the longest.</summary>
    private int Check(BatchLayout batch, IReadOnlyList<int[]> targets)
    {
        if (targets.Count != batch.Sequences)
        {
            throw new ArgumentException(
                $"{targets.Count} texts were given for {batch.Sequences} utterances; one for each is expected.", nameof(targets));
        }

        int longest = 0;
        for (int i = 0; i < targets.Count; i++)
        {
            ReadOnlySpan<int> target = targets[i];
            foreach (int symbol in target)
            {
                if ((uint)symbol < (uint)Classes && symbol != Blank) continue;
                throw new ArgumentException(
                    $"The text of utterance {i} has the symbol {symbol}; 0 to {Classes - 1} without the blank, {Blank}, "
                    + "is expected.", nameof(targets));
            }

            int needed = FramesNeeded(target), frames = batch.Lengths[batch.RankOf(i)];
            if (needed > frames)
            {
                throw new ArgumentException(
                    $"Utterance {i} has {frames} frames, but its text of {target.Length} symbols needs {needed}: one a symbol "
                    + "and one between equal neighbours.", nameof(targets));
            }

            longest = Math.Max(longest, target.Length);
        }

        return longest;
    }

    /// <summary>The utterances are dealt out; each has its own rows and its own loss.</summary>
    private struct UtteranceWork : IParallelWork
    {
        public ConnectionistTemporalClassification Owner;
        public BatchLayout Batch;
        public Matrix Logits;
        public IReadOnlyList<int[]> Targets;
        public TemporalClassificationMemory Memory;
        public bool WantsGradients;

        public readonly void Execute(int part, int parts)
        {
            for (int b = part; b < Batch.Sequences; b += parts)
            {
                ReadOnlySpan<int> target = Targets[Batch.Order[b]];
                var utterance = new Utterance(Memory.Threads[part].Span, Batch.Lengths[b], target, Owner._paddedClasses);
                Memory.Losses[b] = Owner.Forward(Batch, b, Logits, utterance, WantsGradients, out Memory.BlankFrames[b]);
                if (!WantsGradients) continue;
                if (double.IsFinite(Memory.Losses[b])) Owner.Backward(Batch, b, Logits, utterance); else Spoil(b);
            }
        }

        /// <summary>Nobody may learn from the gradients of a loss that is not a number.</summary>
        private readonly void Spoil(int b)
        {
            for (int t = 0; t < Batch.Lengths[b]; t++) Logits.Row(Batch.RowStart(t) + b).Fill(float.NaN);
        }
    }

    /// <summary>
    /// (1) to (5) of one utterance: the loss. Where gradients are wanted the logits become u. Its second answer is the number of
    /// frames whose largest logit is the blank's.
    /// </summary>
    private double Forward(
        BatchLayout batch, int b, Matrix logits, in Utterance utterance, bool wantsGradients, out int blankFrames)
    {
        int length = batch.Lengths[b];
        Prepare(utterance);
        blankFrames = 0;
        double logSums = 0, product = 1;
        for (int t = 0; t < length; t++)
        {
            Span<float> z = logits.Row(batch.RowStart(t) + b);
            Frame frame = utterance.At(t), before = utterance.At(t - 1);
            if (ReadRow(z, utterance, frame)) blankFrames++;
            if (wantsGradients) utterance.Exponentials[..Classes].CopyTo(z);
            // NaN stays in the product; one logarithm serves many rows.
            product *= frame.Sum;
            if (product > 1e200)
            {
                logSums += SpecialFunctions.Log(product);
                product = 1;
            }

            frame.SymbolStateSignificands[Lane - 1] = 1f;
            frame.SymbolStateExponents[Lane - 1] = Nothing;
            var kernel = new ForwardKernel(before, frame, utterance.Skips);
            VectorLoop.Run(ref kernel, utterance.States);
        }

        (float significand, float exponent) = Probability(utterance, length);
        if (!double.IsFinite(product)) return double.NaN;
        if (exponent < LeastExponent) return double.PositiveInfinity;
        logSums += SpecialFunctions.Log(product);
        // A certain text has the loss 0; rounding would give it -1e-7 as well.
        return Math.Max(0, logSums - (SpecialFunctions.Log(significand) + exponent * Ln2));
    }

    /// <summary>The state before the first frame, the skips, and whatever stands in pads.</summary>
    private static void Prepare(in Utterance utterance)
    {
        Frame first = utterance.At(-1);
        first.BlankStateSignificands.Fill(1f);
        first.BlankStateExponents.Fill(Nothing);
        first.BlankStateExponents[0] = 0f;
        first.SymbolStateSignificands.Fill(1f);
        first.SymbolStateExponents.Fill(Nothing);
        ReadOnlySpan<int> target = utterance.Target;
        utterance.Skips.Clear();
        for (int j = 1; j < target.Length; j++) utterance.Skips[j] = target[j] == target[j - 1] ? Nothing : 0f;
        utterance.Row.Fill(float.MinValue);
    }

    /// <summary>u of a row and of the text's symbols.</summary>
    /// <returns>Whether the blank has the largest logit, the first of equals.</returns>
    private bool ReadRow(ReadOnlySpan<float> z, in Utterance utterance, in Frame frame)
    {
        // What lies behind the row stays so small that it counts for nothing.
        z.CopyTo(utterance.Row);
        float largest = LaneFold.Largest(utterance.Row);
        var kernel = new RowKernel(utterance, largest);
        VectorLoop.Run(ref kernel, utterance.PaddedClasses);
        frame.Sum = LaneFold.Sum(utterance.Exponentials);
        ReadOnlySpan<float> significands = utterance.Significands, exponents = utterance.Exponents;
        (frame.BlankSignificand, frame.BlankExponent) = (significands[Blank], exponents[Blank]);
        ReadOnlySpan<int> target = utterance.Target;
        Span<float> ofSymbols = frame.SymbolSignificands, exponentsOfSymbols = frame.SymbolExponents;
        for (int j = 0; j < target.Length; j++)
        {
            ofSymbols[j] = significands[target[j]];
            exponentsOfSymbols[j] = exponents[target[j]];
        }

        ofSymbols[target.Length..].Fill(1f);
        exponentsOfSymbols[target.Length..].Fill(Nothing);
        return z[Blank] == largest && z[..Blank].IndexOf(largest) < 0;
    }

    /// <summary>(5).</summary>
    private static (float Significand, float Exponent) Probability(in Utterance utterance, int length)
    {
        Frame last = utterance.At(length - 1);
        int end = utterance.Target.Length;
        float blank = last.BlankStateSignificands[end], blankExponent = last.BlankStateExponents[end];
        // The pad before B_0 is zero, and so right for the text without a symbol.
        float symbol = last.SymbolStateSignificands[Lane + end - 1], symbolExponent = last.SymbolStateExponents[Lane + end - 1];
        float exponent = Math.Max(blankExponent, symbolExponent);
        return (MathF.ScaleB(blank, (int)(blankExponent - exponent)) + MathF.ScaleB(symbol, (int)(symbolExponent - exponent)),
            exponent);
    }

    /// <summary>(4'), (6) and (1') of one utterance: the rows' u become dz.</summary>
    private void Backward(BatchLayout batch, int b, Matrix rows, in Utterance utterance)
    {
        int length = batch.Lengths[b];
        (float significand, float exponent) = Probability(utterance, length);
        for (int array = 0; array < 4; array++) utterance.Next(array).Fill(array % 2 == 0 ? 1f : Nothing);
        utterance.Next(1)[utterance.Target.Length] = 0f;
        ReadOnlySpan<int> target = utterance.Target;
        Span<float> posteriors = utterance.Row, ofSymbols = utterance.SymbolPosteriors;
        float scale = 1f / batch.Sequences;
        utterance.Exponentials.Clear();
        for (int t = length - 1; t >= 0; t--)
        {
            Frame frame = utterance.At(t);
            var kernel = new BackwardKernel(utterance, frame, 1f / significand, exponent);
            VectorLoop.Run(ref kernel, utterance.States);

            posteriors.Clear();
            for (int j = 0; j < target.Length; j++) posteriors[target[j]] += ofSymbols[j];
            posteriors[Blank] = LaneFold.Sum(utterance.BlankPosteriors);

            Span<float> dz = rows.Row(batch.RowStart(t) + b);
            dz.CopyTo(utterance.Exponentials);
            var gradient = new GradientKernel(utterance, scale / frame.Sum, -scale / LaneFold.Sum(posteriors));
            VectorLoop.Run(ref gradient, utterance.PaddedClasses);
            utterance.Exponentials[..Classes].CopyTo(dz);
        }
    }

    /// <summary>u = e^(z - largest) of a row, whole and in parts.</summary>
    private readonly ref struct RowKernel(Utterance utterance, float largest) : IVectorKernel
    {
        private readonly ReadOnlySpan<float> _z = utterance.Row;
        private readonly Span<float> _u = utterance.Exponentials, _significands = utterance.Significands,
            _exponents = utterance.Exponents;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void IVectorKernel.Apply<TWidth, TVector, TReach>(int k, int left)
        {
            TVector x = TWidth.Subtract(Lanes<TWidth, TVector, TReach>.Load(_z, k, left), TWidth.Create(largest));
            VectorMath<TWidth, TVector>.ExpParts(x, out TVector significand, out TVector exponent);
            Lanes<TWidth, TVector, TReach>.Store(significand, _significands, k, left);
            Lanes<TWidth, TVector, TReach>.Store(exponent, _exponents, k, left);
            TVector u = TWidth.Multiply(significand, VectorMath<TWidth, TVector>.PowerOfTwo(exponent));
            Lanes<TWidth, TVector, TReach>.Store(
                TWidth.SelectGreater(TWidth.Create(-125f), exponent, TWidth.Create(0f), u), _u, k, left);
        }
    }

    /// <summary>dz = y - p(t is k | l): both divided by what they sum to, and by the number of utterances.</summary>
    private readonly ref struct GradientKernel(Utterance utterance, float ofSoftmax, float ofPosterior) : IVectorKernel
    {
        private readonly ReadOnlySpan<float> _posteriors = utterance.Row;
        private readonly Span<float> _dz = utterance.Exponentials;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void IVectorKernel.Apply<TWidth, TVector, TReach>(int k, int left)
        {
            TVector y = TWidth.Multiply(Lanes<TWidth, TVector, TReach>.Load(_dz, k, left), TWidth.Create(ofSoftmax));
            TVector posterior = Lanes<TWidth, TVector, TReach>.Load(_posteriors, k, left);
            Lanes<TWidth, TVector, TReach>.Store(
                TWidth.FusedMultiplyAdd(posterior, TWidth.Create(ofPosterior), y), _dz, k, left);                     // (1')
        }
    }

    /// <summary>(4): all states of a frame from those of the frame before.</summary>
    private readonly ref struct ForwardKernel(Frame before, Frame frame, ReadOnlySpan<float> skips) : IVectorKernel
    {
        private readonly ReadOnlySpan<float> _a = before.BlankStateSignificands, _aExponents = before.BlankStateExponents,
            _b = before.SymbolStateSignificands, _bExponents = before.SymbolStateExponents,
            _u = frame.SymbolSignificands, _uExponents = frame.SymbolExponents, _skips = skips;

        private readonly Span<float> _newA = frame.BlankStateSignificands, _newAExponents = frame.BlankStateExponents,
            _newB = frame.SymbolStateSignificands, _newBExponents = frame.SymbolStateExponents;

        private readonly float _blank = frame.BlankSignificand, _blankExponent = frame.BlankExponent;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void IVectorKernel.Apply<TWidth, TVector, TReach>(int j, int left)
        {
            TVector a = Lanes<TWidth, TVector, TReach>.Load(_a, j, left);
            TVector aExponent = Lanes<TWidth, TVector, TReach>.Load(_aExponents, j, left);
            TVector b = Lanes<TWidth, TVector, TReach>.Load(_b, Lane + j, left);
            TVector bExponent = Lanes<TWidth, TVector, TReach>.Load(_bExponents, Lane + j, left);
            TVector previous = Lanes<TWidth, TVector, TReach>.Load(_b, Lane + j - 1, left);
            TVector previousExponent = Lanes<TWidth, TVector, TReach>.Load(_bExponents, Lane + j - 1, left);

            TVector exponent = Larger<TWidth, TVector>(aExponent, previousExponent);
            TVector sum = TWidth.FusedMultiplyAdd(
                previous, Shift<TWidth, TVector>(previousExponent, exponent),
                TWidth.Multiply(a, Shift<TWidth, TVector>(aExponent, exponent)));
            Normalise<TWidth, TVector>(
                TWidth.Multiply(sum, TWidth.Create(_blank)), TWidth.Add(exponent, TWidth.Create(_blankExponent)),
                out sum, out exponent);
            Lanes<TWidth, TVector, TReach>.Store(sum, _newA, j, left);
            Lanes<TWidth, TVector, TReach>.Store(exponent, _newAExponents, j, left);

            previousExponent = TWidth.Add(previousExponent, Lanes<TWidth, TVector, TReach>.Load(_skips, j, left));
            SumOfThree<TWidth, TVector>(
                a, aExponent, b, bExponent, previous, previousExponent, out sum, out exponent);
            Normalise<TWidth, TVector>(
                TWidth.Multiply(sum, Lanes<TWidth, TVector, TReach>.Load(_u, j, left)),
                TWidth.Add(exponent, Lanes<TWidth, TVector, TReach>.Load(_uExponents, j, left)), out sum, out exponent);
            Lanes<TWidth, TVector, TReach>.Store(sum, _newB, Lane + j, left);
            Lanes<TWidth, TVector, TReach>.Store(exponent, _newBExponents, Lane + j, left);
        }
    }

    /// <summary>
    /// (4') and (6): all states of a frame from those of the frame behind, whose place they take. What is read at j + 1 has not
    /// been written yet, for a loop goes up.
    /// </summary>
    private readonly ref struct BackwardKernel(Utterance utterance, Frame frame, float inverse, float exponentOfText)
        : IVectorKernel
    {
        private readonly ReadOnlySpan<float> _a = frame.BlankStateSignificands, _aExponents = frame.BlankStateExponents,
            _b = frame.SymbolStateSignificands, _bExponents = frame.SymbolStateExponents,
            _u = frame.SymbolSignificands, _uExponents = frame.SymbolExponents, _skips = utterance.Skips;

        private readonly Span<float> _nextA = utterance.Next(0), _nextAExponents = utterance.Next(1),
            _nextB = utterance.Next(2), _nextBExponents = utterance.Next(3),
            _blankPosteriors = utterance.BlankPosteriors, _symbolPosteriors = utterance.SymbolPosteriors;

        private readonly float _blank = frame.BlankSignificand, _blankExponent = frame.BlankExponent;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void IVectorKernel.Apply<TWidth, TVector, TReach>(int j, int left)
        {
            TVector a = Lanes<TWidth, TVector, TReach>.Load(_nextA, j, left);
            TVector aExponent = Lanes<TWidth, TVector, TReach>.Load(_nextAExponents, j, left);
            TVector b = Lanes<TWidth, TVector, TReach>.Load(_nextB, j, left);
            TVector bExponent = Lanes<TWidth, TVector, TReach>.Load(_nextBExponents, j, left);
            TVector followingA = Lanes<TWidth, TVector, TReach>.Load(_nextA, j + 1, left);
            TVector followingAExponent = Lanes<TWidth, TVector, TReach>.Load(_nextAExponents, j + 1, left);
            TVector followingB = Lanes<TWidth, TVector, TReach>.Load(_nextB, j + 1, left);
            TVector followingBExponent = TWidth.Add(
                Lanes<TWidth, TVector, TReach>.Load(_nextBExponents, j + 1, left),
                Lanes<TWidth, TVector, TReach>.Load(_skips, j + 1, left));

            TVector exponent = Larger<TWidth, TVector>(aExponent, bExponent);
            TVector sum = TWidth.FusedMultiplyAdd(
                b, Shift<TWidth, TVector>(bExponent, exponent),
                TWidth.Multiply(a, Shift<TWidth, TVector>(aExponent, exponent)));
            TVector posterior = Posterior<TWidth, TVector>(
                sum, exponent, Lanes<TWidth, TVector, TReach>.Load(_a, j, left),
                Lanes<TWidth, TVector, TReach>.Load(_aExponents, j, left));
            Lanes<TWidth, TVector, TReach>.Store(posterior, _blankPosteriors, j, left);
            Normalise<TWidth, TVector>(
                TWidth.Multiply(sum, TWidth.Create(_blank)), TWidth.Add(exponent, TWidth.Create(_blankExponent)),
                out sum, out exponent);
            Lanes<TWidth, TVector, TReach>.Store(sum, _nextA, j, left);
            Lanes<TWidth, TVector, TReach>.Store(exponent, _nextAExponents, j, left);

            SumOfThree<TWidth, TVector>(
                b, bExponent, followingA, followingAExponent, followingB, followingBExponent, out sum, out exponent);
            posterior = Posterior<TWidth, TVector>(
                sum, exponent, Lanes<TWidth, TVector, TReach>.Load(_b, Lane + j, left),
                Lanes<TWidth, TVector, TReach>.Load(_bExponents, Lane + j, left));
            Lanes<TWidth, TVector, TReach>.Store(posterior, _symbolPosteriors, j, left);
            Normalise<TWidth, TVector>(
                TWidth.Multiply(sum, Lanes<TWidth, TVector, TReach>.Load(_u, j, left)),
                TWidth.Add(exponent, Lanes<TWidth, TVector, TReach>.Load(_uExponents, j, left)), out sum, out exponent);
            Lanes<TWidth, TVector, TReach>.Store(sum, _nextB, j, left);
            Lanes<TWidth, TVector, TReach>.Store(exponent, _nextBExponents, j, left);
        }

        /// <summary>A term of (6); zero below 2^-100, far beneath the last bit of what it is added to.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private TVector Posterior<TWidth, TVector>(TVector behind, TVector behindExponent, TVector ahead, TVector aheadExponent)
            where TWidth : struct, IVectorWidth<TVector>
            where TVector : struct
        {
            TVector exponent = TWidth.Subtract(TWidth.Add(behindExponent, aheadExponent), TWidth.Create(exponentOfText));
            TVector significand = TWidth.Multiply(TWidth.Multiply(behind, ahead), TWidth.Create(inverse));
            TVector posterior = TWidth.Multiply(significand, VectorMath<TWidth, TVector>.PowerOfTwo(exponent));
            return TWidth.SelectGreater(TWidth.Create(-100f), exponent, TWidth.Create(0f), posterior);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Larger<TWidth, TVector>(TVector left, TVector right)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : struct => TWidth.SelectGreater(left, right, left, right);

    /// <summary>What brings a number to a larger exponent; by 2^-126 or less it counts for nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Shift<TWidth, TVector>(TVector exponent, TVector larger)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : struct => VectorMath<TWidth, TVector>.PowerOfTwo(TWidth.Subtract(exponent, larger));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SumOfThree<TWidth, TVector>(
        TVector a, TVector aExponent, TVector b, TVector bExponent, TVector c, TVector cExponent,
        out TVector sum, out TVector exponent)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : struct
    {
        exponent = Larger<TWidth, TVector>(Larger<TWidth, TVector>(aExponent, bExponent), cExponent);
        sum = TWidth.Multiply(a, Shift<TWidth, TVector>(aExponent, exponent));
        sum = TWidth.FusedMultiplyAdd(b, Shift<TWidth, TVector>(bExponent, exponent), sum);
        sum = TWidth.FusedMultiplyAdd(c, Shift<TWidth, TVector>(cExponent, exponent), sum);
    }

    /// <summary>The same number with its significand in [1, 2), and zero with the exponent of zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Normalise<TWidth, TVector>(
        TVector value, TVector exponent, out TVector significand, out TVector newExponent)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : struct
    {
        significand = TWidth.Significand(value);
        newExponent = TWidth.Max(TWidth.Create(Nothing), TWidth.Add(exponent, TWidth.Exponent(value)));
    }
}
