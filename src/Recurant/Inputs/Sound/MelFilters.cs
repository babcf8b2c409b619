namespace Recurant.Inputs;

/// <summary>
/// The triangles V of the mel bands: b rises from the frequency e_b to e_(b+1) and falls to e_(b+2), with e_0 .. e_(B+1) evenly
/// spread over the mel scale.
/// <code>
/// V_bj = max(0, min((f_j - e_b) / (e_(b+1) - e_b), (e_(b+2) - f_j) / (e_(b+2) - e_(b+1)))),  f_j = j rate / N
/// </code>
/// Frequencies count in mel with Kaldi and HTK and in Hz with librosa. Kaldi and HTK leave out j = N/2, and HTK the bins outside
/// max(1, [N low / rate + 3/2]) .. [N high / rate + 1/2] - 1.
/// </summary>
internal sealed class MelFilters
{
    private readonly float[][] _weights;
    private readonly int[] _first;

    /// <summary>Makes the triangles of a specification that is decided.</summary>
    public MelFilters(SoundFeatureSpec spec)
    {
        int bands = spec.MelBands!.Value, size = spec.FftSize!.Value;
        double rate = spec.SampleRate;
        (int low, int high) = BinsOf(spec);
        double[] edges = Edges(spec);
        (_weights, _first) = (new float[bands][], new int[bands]);
        bool isLinearInHertz = spec.Convention == SoundConvention.Librosa;
        for (int b = 0; b < bands; b++)
        {
            (double left, double centre, double right) = (edges[b], edges[b + 1], edges[b + 2]);
            double norm = spec.AreaNorm == true ? 2 / (right - left) : 1;
            if (!isLinearInHertz)
            {
                (left, centre, right) = (Mel(left, spec.MelScale), Mel(centre, spec.MelScale), Mel(right, spec.MelScale));
            }

            var weights = new List<float>();
            for (int j = low; j <= high; j++)
            {
                double f = isLinearInHertz ? j * rate / size : Mel(j * rate / size, spec.MelScale);
                double weight = Math.Min((f - left) / (centre - left), (right - f) / (right - centre));
                if (weight <= 0) continue;
                if (weights.Count == 0) _first[b] = j;
                weights.Add((float)(norm * weight));
            }

            _weights[b] = [.. weights];
        }
    }

    /// <summary>The number of bands.</summary>
    public int Bands => _weights.Length;

    /// <summary>The bands without a frequency of the transform in them, counted from 0.</summary>
    public IEnumerable<int> Empty => Enumerable.Range(0, Bands).Where(b => _weights[b].Length == 0);

    /// <summary>V_bj for the j that are not 0, and the first of these.</summary>
    public ReadOnlySpan<float> Of(int band, out int first)
    {
        first = _first[band];
        return _weights[band];
    }

    /// <summary>e_0 .. e_(B+1) in Hz.</summary>
    public static double[] Edges(SoundFeatureSpec spec)
    {
        double low = Mel(spec.LowFrequency!.Value, spec.MelScale), high = Mel(spec.HighFrequency!.Value, spec.MelScale);
        int parts = spec.MelBands!.Value + 1;
        return [.. Enumerable.Range(0, parts + 1).Select(b => Hertz(low + (high - low) * b / parts, spec.MelScale))];
    }

    /// <summary>Hz to mel.</summary>
    public static double Mel(double hertz, MelScale? scale) =>
        scale == MelScale.Htk ? 1127 * SpecialFunctions.Log(1 + hertz / 700)
        : hertz < 1000 ? 3 * hertz / 200
        : 15 + 27 * SpecialFunctions.Log(hertz / 1000) / SpecialFunctions.Log(6.4);

    /// <summary>Mel to Hz.</summary>
    public static double Hertz(double mel, MelScale? scale) =>
        scale == MelScale.Htk ? 700 * (SpecialFunctions.Exp(mel / 1127) - 1)
        : mel < 15 ? mel * 200 / 3
        : 1000 * SpecialFunctions.Exp((mel - 15) / 27 * SpecialFunctions.Log(6.4));

    private static (int Low, int High) BinsOf(SoundFeatureSpec spec)
    {
        int half = spec.FftSize!.Value / 2;
        if (spec.Convention == SoundConvention.Librosa) return (0, half);
        if (spec.Convention == SoundConvention.Kaldi) return (0, half - 1);
        double bins = (double)spec.FftSize.Value / spec.SampleRate;
        return (Math.Max(1, (int)(spec.LowFrequency!.Value * bins + 1.5)),
            Math.Min(half, (int)(spec.HighFrequency!.Value * bins + 0.5)) - 1);
    }
}
