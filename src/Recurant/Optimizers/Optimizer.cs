using System.Runtime.CompilerServices;

namespace Recurant.Optimizers;

/// <summary>The optimisers.</summary>
public enum OptimizerKind
{
    /// <summary>Gradient descent: w -= lr g.</summary>
    Sgd,

    /// <summary>Gradient descent with momentum 0.9: v = 0.9 v + g, w -= lr v.</summary>
    Momentum,

    /// <summary>Nesterov's momentum 0.9: v = 0.9 v + g, w -= lr (g + 0.9 v).</summary>
    Nesterov,

    /// <summary>Adam (Kingma and Ba 2015); weight decay is added to the gradient.</summary>
    Adam,

    /// <summary>AdamW (Loshchilov and Hutter 2019): Adam with weight decay apart from the gradient.</summary>
    AdamW,

    /// <summary>RMSprop (Hinton 2012), smoothing 0.99.</summary>
    RmsProp,

    /// <summary>AdaGrad (Duchi, Hazan and Singer 2011).</summary>
    AdaGrad,
}

/// <summary>
/// One optimiser over a list of parameters, with PyTorch's definitions and defaults (beta 0.9 and 0.999, epsilon 1e-8,
/// for AdaGrad 1e-10). Of a table of which a step touched few rows, only these rows and their moments are updated (as
/// PyTorch's SparseAdam does): a word that does not occur costs nothing and keeps its momentum. One thread steps; two at once
/// get an <see cref="InvalidOperationException"/>.
/// </summary>
/// <example>
/// <code>
/// var optimizer = new Optimizer(OptimizerKind.AdamW, network.Parameters)
/// { LearningRate = 1e-3f, WeightDecay = 0.01f, Clip = 1f };
/// // after each backward pass:
/// optimizer.LearningRate = 1e-3f * Schedule.Factor(ScheduleKind.Cosine, progress);
/// double norm = optimizer.Step();
/// </code>
/// </example>
public sealed class Optimizer
{
    private const float Momentum = 0.9f, Beta1 = 0.9f, Beta2 = 0.999f, RmsSmoothing = 0.99f;

    /// <summary>Who steps.</summary>
    internal SoleUse Use { get; } = new($"An {nameof(Optimizer)}",
        "Let one thread train: Step divides its work among threads of its own.");

    private readonly Parameter[] _parameters, _frozen;
    private readonly FloatBuffer?[] _first, _second;
    private readonly double[] _squares;
    private double _beta1Power = 1, _beta2Power = 1;
    private float _learningRate, _weightDecay, _clip;

    /// <summary>Makes an optimiser that has taken no step.</summary>
    /// <param name="kind">The rule.</param>
    /// <param name="parameters">
    /// What it changes, each once even if layers share it; those that are not trainable now are left alone, apart from their
    /// gradients, which are cleared with the others.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such rule.</exception>
    public Optimizer(OptimizerKind kind, IEnumerable<Parameter> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        Kind = Known.Require(kind, nameof(kind));
        _learningRate = DefaultLearningRate(kind);
        Parameter[] all = [.. parameters.Distinct()];
        _parameters = [.. all.Where(parameter => parameter.IsTrainable)];
        _frozen = [.. all.Where(parameter => !parameter.IsTrainable)];
        _squares = new double[_parameters.Length];
        _first = new FloatBuffer?[_parameters.Length];
        _second = new FloatBuffer?[_parameters.Length];
        for (int i = 0; i < _parameters.Length; i++)
        {
            if (kind is not (OptimizerKind.Sgd or OptimizerKind.RmsProp or OptimizerKind.AdaGrad))
            {
                _first[i] = new FloatBuffer(_parameters[i].Count);
            }

            if (kind is OptimizerKind.Adam or OptimizerKind.AdamW or OptimizerKind.RmsProp or OptimizerKind.AdaGrad)
            {
                _second[i] = new FloatBuffer(_parameters[i].Count);
            }
        }
    }

    /// <summary>The rule.</summary>
    public OptimizerKind Kind { get; }

    /// <summary>The step size, from 0. Default: <see cref="DefaultLearningRate"/> of the kind.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative or not finite.</exception>
    public float LearningRate { get => _learningRate; set => _learningRate = Require(value, nameof(LearningRate)); }

    /// <summary>
    /// The factor of the weights in the gradient (AdamW: in the step), from 0; vectors are not decayed. Default: 0.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative or not finite.</exception>
    public float WeightDecay { get => _weightDecay; set => _weightDecay = Require(value, nameof(WeightDecay)); }

    /// <summary>The largest norm of all gradients together; longer ones are shortened to it. Default: 0, no limit.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative or not finite.</exception>
    public float Clip { get => _clip; set => _clip = Require(value, nameof(Clip)); }

    /// <summary>Updates every parameter from its gradient and clears the gradients.</summary>
    /// <param name="threads">The number of threads; 0 for one a core. Default: 0. The bits do not depend on it.</param>
    /// <returns>The Euclidean norm of all gradients together, before it was limited.</returns>
    /// <exception cref="InvalidOperationException">
    /// The norm is not finite, or another thread uses the optimiser; nothing was changed, and the gradients are kept.
    /// </exception>
    public double Step(int threads = 0)
    {
        using SoleUse.Call call = Use.Enter();
        Workers workers = Workers.Asked(threads);
        double norm = GradientNorm(workers);
        if (!double.IsFinite(norm))
        {
            throw new InvalidOperationException(
                $"The norm of the gradients is {norm}: the loss or a value on the way to it is not finite. Lower the learning "
                + "rate, set Clip, or look at the inputs; ClearGradients goes on without this step.");
        }

        Step(workers, LearningRate, WeightDecay, Clip > 0 && norm > Clip ? (float)(Clip / norm) : 1f);
        return norm;
    }

    /// <summary>Drops the gradients without a step.</summary>
    /// <exception cref="InvalidOperationException">Another thread uses the optimiser.</exception>
    public void ClearGradients()
    {
        using SoleUse.Call call = Use.Enter();
        foreach (Parameter parameter in _parameters) parameter.ClearGradient();
        foreach (Parameter parameter in _frozen) parameter.ClearGradient();
    }

    /// <summary>
    /// The moments, each with its parameter: all that a step leaves behind beside the weights and <see cref="Powers"/>. To be
    /// read and written between steps.
    /// </summary>
    internal IEnumerable<(string Kind, Parameter Parameter, FloatBuffer Values)> Moments
    {
        get
        {
            for (int i = 0; i < _parameters.Length; i++)
            {
                if (_first[i] is { } first) yield return ("first", _parameters[i], first);
                if (_second[i] is { } second) yield return ("second", _parameters[i], second);
            }
        }
    }

    /// <summary>beta1^t and beta2^t after t steps.</summary>
    internal (double Beta1, double Beta2) Powers
    {
        get => (_beta1Power, _beta2Power);
        set => (_beta1Power, _beta2Power) = value;
    }

    /// <summary>The learning rate that usually suits a kind: 0.001, of AdaGrad 0.02, with momentum 0.05, without 0.5.</summary>
    /// <param name="kind">The kind.</param>
    public static float DefaultLearningRate(OptimizerKind kind) => kind switch
    {
        OptimizerKind.Sgd => 0.5f,
        OptimizerKind.Momentum or OptimizerKind.Nesterov => 0.05f,
        OptimizerKind.AdaGrad => 0.02f,
        _ => 1e-3f,
    };

    /// <summary>The Euclidean norm of all gradients together: sqrt(sum of squares over all parameters).</summary>
    internal double GradientNorm(Workers workers)
    {
        foreach (Parameter parameter in _parameters) parameter.Touched?.Sort();
        var work = new NormWork { Parameters = _parameters, Squares = _squares };
        workers.Run(ref work);
        double total = 0;
        foreach (double square in _squares) total += square;
        return Math.Sqrt(total);
    }

    /// <summary>A tensor's sum of squares is one worker's work; the sums are added in the order of the tensors.</summary>
    private struct NormWork : IParallelWork
    {
        public Parameter[] Parameters;
        public double[] Squares;

        public readonly void Execute(int part, int parts)
        {
            for (int i = part; i < Parameters.Length; i += parts)
            {
                Parameter parameter = Parameters[i];
                if (parameter.Touched is null)
                {
                    Squares[i] = Reductions.SumOfSquares(parameter.Gradient);
                    continue;
                }

                Squares[i] = 0;
                Matrix gradient = parameter.GradientMatrix;
                foreach (int row in parameter.Touched.Rows) Squares[i] += Reductions.SumOfSquares(gradient.Row(row));
            }
        }
    }

    /// <summary>Updates every parameter from its gradient and clears the gradients.</summary>
    /// <param name="workers">The threads.</param>
    /// <param name="learningRate">The step size.</param>
    /// <param name="weightDecay">
    /// The factor of the weights in the gradient (AdamW: in the step). Vectors (biases) are not decayed.
    /// </param>
    /// <param name="gradientScale">Every gradient is multiplied by this first; below 1 when clipped.</param>
    internal void Step(Workers workers, float learningRate, float weightDecay, float gradientScale)
    {
        _beta1Power *= Beta1;
        _beta2Power *= Beta2;
        for (int i = 0; i < _parameters.Length; i++)
        {
            // Here, not on several threads at once: the memory of a gradient that nothing was added to is cleared now.
            _ = _parameters[i].GradientBuffer;
            var work = new UpdateWork
            {
                Parameter = _parameters[i],
                First = _first[i],
                Second = _second[i],
                Update = new Update
                {
                    Kind = Kind,
                    LearningRate = learningRate * _parameters[i].LearningRateFactor,
                    Decay = _parameters[i].Shape.Count > 1 ? weightDecay : 0f,
                    Scale = gradientScale,
                    FirstCorrection = (float)(learningRate * _parameters[i].LearningRateFactor / (1 - _beta1Power)),
                    SecondCorrection = (float)(1 / Math.Sqrt(1 - _beta2Power)),
                },
            };
            workers.Run(ref work, work.Elements);
            _parameters[i].MarkChanged();
        }

        ClearGradients();
    }

    private static float Require(float value, string name) => value >= 0 && float.IsFinite(value)
        ? value : throw new ArgumentOutOfRangeException(name, $"{name} is {value}; a finite number from 0 is expected.");

    private struct UpdateWork : IParallelWork
    {
        public Parameter Parameter;
        public FloatBuffer? First, Second;
        public Update Update;

        public readonly int Elements => Parameter.Touched is { } touched
            ? touched.Rows.Length * Parameter.Matrix.Columns
            : Parameter.Count;

        public readonly void Execute(int part, int parts)
        {
            if (Parameter.Touched is { } touched)
            {
                (int begin, int end) = Partition.Range(touched.Rows.Length, part, parts);
                int columns = Parameter.Matrix.Columns;
                foreach (int row in touched.Rows[begin..end]) Apply(row * columns, columns);
                return;
            }

            (int first, int last) = Partition.Range(Parameter.Count, part, parts);
            Apply(first, last - first);
        }

        private readonly void Apply(int start, int count)
        {
            var kernel = new UpdateKernel
            {
                Rule = Update,
                Value = Parameter.Value.Slice(start, count),
                Gradient = Parameter.Gradient.Slice(start, count),
                First = First is null ? default : First.Span.Slice(start, count),
                Second = Second is null ? default : Second.Span.Slice(start, count),
            };
            VectorLoop.Run(ref kernel, count);
        }
    }

    private struct Update
    {
        public OptimizerKind Kind;
        public float LearningRate, Decay, Scale, FirstCorrection, SecondCorrection;
    }

    private ref struct UpdateKernel : IVectorKernel
    {
        public Update Rule;
        public Span<float> Value, First, Second;
        public ReadOnlySpan<float> Gradient;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly void IVectorKernel.Apply<TWidth, TVector, TReach>(int j, int left)
        {
            TVector w = Lanes<TWidth, TVector, TReach>.Load(Value, j, left);
            TVector g = TWidth.Multiply(Lanes<TWidth, TVector, TReach>.Load(Gradient, j, left), TWidth.Create(Rule.Scale));
            if (Rule.Decay != 0)
            {
                if (Rule.Kind == OptimizerKind.AdamW)
                {
                    w = TWidth.FusedMultiplyAdd(TWidth.Create(-Rule.LearningRate * Rule.Decay), w, w);
                }
                else
                {
                    g = TWidth.FusedMultiplyAdd(TWidth.Create(Rule.Decay), w, g);
                }
            }

            TVector step = Rule.Kind switch
            {
                OptimizerKind.Sgd => g,
                OptimizerKind.Momentum or OptimizerKind.Nesterov => MomentumStep<TWidth, TVector, TReach>(g, j, left),
                OptimizerKind.Adam or OptimizerKind.AdamW => AdamStep<TWidth, TVector, TReach>(g, j, left),
                OptimizerKind.RmsProp => ScaledStep<TWidth, TVector, TReach>(g, RmsSmoothing, 1f - RmsSmoothing, 1e-8f, j, left),
                _ => ScaledStep<TWidth, TVector, TReach>(g, 1f, 1f, 1e-10f, j, left),
            };
            float rate = Rule.Kind is OptimizerKind.Adam or OptimizerKind.AdamW ? Rule.FirstCorrection : Rule.LearningRate;
            Lanes<TWidth, TVector, TReach>.Store(TWidth.FusedMultiplyAdd(TWidth.Create(-rate), step, w), Value, j, left);
        }

        /// <summary>v = mu v + g; the step is v, or Nesterov's g + mu v.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private readonly TVector MomentumStep<TWidth, TVector, TReach>(TVector g, int j, int left)
            where TWidth : struct, IVectorWidth<TVector>
            where TVector : struct
            where TReach : struct, IReach
        {
            TVector mu = TWidth.Create(Momentum);
            TVector v = TWidth.FusedMultiplyAdd(mu, Lanes<TWidth, TVector, TReach>.Load(First, j, left), g);
            Lanes<TWidth, TVector, TReach>.Store(v, First, j, left);
            return Rule.Kind == OptimizerKind.Nesterov ? TWidth.FusedMultiplyAdd(mu, v, g) : v;
        }

        /// <summary>m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g^2; the step is m / (sqrt(v / (1 - b2^t)) + epsilon).</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private readonly TVector AdamStep<TWidth, TVector, TReach>(TVector g, int j, int left)
            where TWidth : struct, IVectorWidth<TVector>
            where TVector : struct
            where TReach : struct, IReach
        {
            TVector m = Lanes<TWidth, TVector, TReach>.Load(First, j, left);
            m = TWidth.FusedMultiplyAdd(TWidth.Create(1f - Beta1), TWidth.Subtract(g, m), m);
            TVector v = TWidth.Multiply(TWidth.Create(Beta2), Lanes<TWidth, TVector, TReach>.Load(Second, j, left));
            v = TWidth.FusedMultiplyAdd(TWidth.Multiply(TWidth.Create(1f - Beta2), g), g, v);
            Lanes<TWidth, TVector, TReach>.Store(m, First, j, left);
            Lanes<TWidth, TVector, TReach>.Store(v, Second, j, left);
            TVector root = TWidth.Multiply(TWidth.Sqrt(v), TWidth.Create(Rule.SecondCorrection));
            return TWidth.Divide(m, TWidth.Add(root, TWidth.Create(1e-8f)));
        }

        /// <summary>s = keep s + add g^2; the step is g / (sqrt(s) + epsilon).</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private readonly TVector ScaledStep<TWidth, TVector, TReach>(
            TVector g, float keep, float add, float epsilon, int j, int left)
            where TWidth : struct, IVectorWidth<TVector>
            where TVector : struct
            where TReach : struct, IReach
        {
            TVector s = TWidth.Multiply(TWidth.Create(keep), Lanes<TWidth, TVector, TReach>.Load(Second, j, left));
            s = TWidth.FusedMultiplyAdd(TWidth.Multiply(TWidth.Create(add), g), g, s);
            Lanes<TWidth, TVector, TReach>.Store(s, Second, j, left);
            return TWidth.Divide(g, TWidth.Add(TWidth.Sqrt(s), TWidth.Create(epsilon)));
        }
    }
}
