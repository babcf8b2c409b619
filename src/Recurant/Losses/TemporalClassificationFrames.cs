namespace Recurant.Losses;

/// <summary>How the numbers of an utterance lie in memory.</summary>
internal sealed partial class ConnectionistTemporalClassification
{
    /// <summary>
    /// The memory of an utterance. P is the number of states A, padded to whole vectors; B has as many. Neighbours j - 1 and
    /// j + 1 are read as vectors that begin one element earlier or later, so that a pad with zeros stands before or behind.
    /// </summary>
    private readonly ref struct Utterance
    {
        /// <summary>Elements of a frame beside the six arrays: two pads, and the three numbers of the row.</summary>
        private const int Extra = 3 * Lane;

        private readonly Span<float> _frames, _next, _skips, _posteriors, _rows;

        public Utterance(Span<float> memory, int length, ReadOnlySpan<int> target, int paddedClasses)
        {
            Target = target;
            States = LaneFold.Padded(target.Length + 1);
            PaddedClasses = paddedClasses;
            _frames = Take(ref memory, (length + 1) * FrameSize);
            _next = Take(ref memory, 4 * (States + Lane));
            _skips = Take(ref memory, States + Lane);
            _posteriors = Take(ref memory, 2 * States);
            _rows = Take(ref memory, 4 * paddedClasses);
        }

        /// <summary>l [L].</summary>
        public ReadOnlySpan<int> Target { get; }

        /// <summary>P.</summary>
        public int States { get; }

        public int PaddedClasses { get; }

        private int FrameSize => 6 * States + Extra;

        /// <summary>What the longest utterance of a batch needs.</summary>
        public static long Floats(int frames, int symbols, int paddedClasses)
        {
            long states = LaneFold.Padded(symbols + 1);
            return (frames + 1) * (6 * states + Extra) + 5 * (states + Lane) + 2 * states + 4L * paddedClasses;
        }

        /// <summary>A frame, -1 for that before the first.</summary>
        public Frame At(int t) => new(_frames.Slice((t + 1) * FrameSize, FrameSize), States);

        /// <summary>A'' and B'' of the frame behind: significands and exponents of A, those of B, [P] each and a pad.</summary>
        public Span<float> Next(int array) => _next.Slice(array * (States + Lane), States + Lane);

        /// <summary>m_j [P] and a pad: the exponent of 1 or 0.</summary>
        public Span<float> Skips => _skips;

        /// <summary>A_t,j A'_t,j / p(l) [P].</summary>
        public Span<float> BlankPosteriors => _posteriors[..States];

        /// <summary>B_t,j B'_t,j / p(l) [P].</summary>
        public Span<float> SymbolPosteriors => _posteriors[States..];

        /// <summary>Of the K classes the logits, or p(t is k | l).</summary>
        public Span<float> Row => _rows[..PaddedClasses];

        /// <summary>u as numbers.</summary>
        public Span<float> Exponentials => _rows.Slice(PaddedClasses, PaddedClasses);

        /// <summary>u in parts.</summary>
        public Span<float> Significands => _rows.Slice(2 * PaddedClasses, PaddedClasses);

        public Span<float> Exponents => _rows[(3 * PaddedClasses)..];

        private static Span<float> Take(scoped ref Span<float> memory, int length)
        {
            Span<float> taken = memory[..length];
            memory = memory[length..];
            return taken;
        }
    }

    /// <summary>What is kept of a frame.</summary>
    private readonly ref struct Frame(Span<float> memory, int states)
    {
        private readonly Span<float> _memory = memory;

        /// <summary>u of l_j [P], in parts.</summary>
        public Span<float> SymbolSignificands => _memory[..states];

        public Span<float> SymbolExponents => _memory.Slice(states, states);

        /// <summary>A [P], in parts.</summary>
        public Span<float> BlankStateSignificands => _memory.Slice(2 * states, states);

        public Span<float> BlankStateExponents => _memory.Slice(3 * states, states);

        /// <summary>B behind a pad [16 + P], in parts.</summary>
        public Span<float> SymbolStateSignificands => _memory.Slice(4 * states, Lane + states);

        public Span<float> SymbolStateExponents => _memory.Slice(5 * states + Lane, Lane + states);

        /// <summary>u of the blank, in parts, and what the row's u sum to.</summary>
        public ref float BlankSignificand => ref _memory[6 * states + 2 * Lane];

        public ref float BlankExponent => ref _memory[6 * states + 2 * Lane + 1];

        public ref float Sum => ref _memory[6 * states + 2 * Lane + 2];
    }
}
