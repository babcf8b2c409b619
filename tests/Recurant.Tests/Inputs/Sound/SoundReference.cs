namespace Recurant.Tests.Inputs.Sound;

/// <summary>
/// Features of sound in double precision, written straight from the definitions of librosa 0.10 (melspectrogram, power_to_db,
/// mfcc) and Kaldi (fbank, mfcc): slow, and sharing nothing with the library but the specification.
/// </summary>
internal static class SoundReference
{
    /// <summary>[frames, static width].</summary>
    public static double[][] Compute(SoundFeatureSpec spec, float[] samples)
    {
        SoundFeatureSpec s = spec.Decided();
        bool isLibrosa = s.Convention == SoundConvention.Librosa;
        int length = s.FrameLength!.Value, step = s.FrameStep!.Value, size = s.FftSize!.Value, bands = s.MelBands!.Value;
        double[][] filters = Filters(s);
        double[] window = Window(s);
        double[] sound = Array.ConvertAll(samples, x => (double)x * s.SampleScale!.Value);
        int offset = 0, span = isLibrosa ? size : length, n = sound.Length;
        int frames = n < span ? 1 : 1 + (n - span) / step;
        if (s.Padding != FramePadding.None)
        {
            offset = isLibrosa ? size / 2 : length / 2 - step / 2;
            frames = isLibrosa ? 1 + n / step : Math.Max(1, (n + step / 2) / step);
        }

        var mel = new double[frames][];
        var energy = new double[frames];
        for (int t = 0; t < frames; t++)
        {
            var x = new double[span];
            for (int i = 0; i < span; i++) x[i] = At(s, sound, t * step - offset + i);
            if (s.RemoveMean == true)
            {
                double mean = x.Average();
                x = Array.ConvertAll(x, value => value - mean);
            }

            energy[t] = x.Sum(value => value * value);
            var y = new double[size];
            for (int i = 0; i < span; i++) y[i] = window[i] * (x[i] - s.PreEmphasis!.Value * x[Math.Max(0, i - 1)]);
            if (s.RawEnergy == false) energy[t] = y.Sum(value => value * value);
            double[] power = Power(y);
            if (s.UsePower == false) power = Array.ConvertAll(power, Math.Sqrt);
            mel[t] = [.. filters.Select(filter => Log(s, filter.Zip(power, (weight, value) => weight * value).Sum()))];
        }

        double floor = s.TopDecibels == 0 ? double.NegativeInfinity : mel.Max(row => row.Max()) - s.TopDecibels!.Value;
        mel = Array.ConvertAll(mel, row => Array.ConvertAll(row, value => Math.Max(floor, value)));
        if (s.Kind == SoundFeatureKind.LogMel) return mel;
        return [.. mel.Select((row, t) => Cepstrum(s, row, Log(s, energy[t])))];
    }

    /// <summary>|X_k|^2 of a real signal, k = 0 .. N/2, term by term.</summary>
    public static double[] Power(double[] y)
    {
        int size = y.Length;
        var power = new double[size / 2 + 1];
        double[] cos = [.. Enumerable.Range(0, size).Select(i => Math.Cos(2 * Math.PI * i / size))];
        double[] sin = [.. Enumerable.Range(0, size).Select(i => Math.Sin(2 * Math.PI * i / size))];
        for (int k = 0; k <= size / 2; k++)
        {
            double real = 0, imaginary = 0;
            for (int i = 0; i < size; i++)
            {
                int turn = (int)((long)i * k % size);
                real += y[i] * cos[turn];
                imaginary -= y[i] * sin[turn];
            }

            power[k] = real * real + imaginary * imaginary;
        }

        return power;
    }

    /// <summary>[bands, N/2 + 1].</summary>
    public static double[][] Filters(SoundFeatureSpec s)
    {
        int size = s.FftSize!.Value, bands = s.MelBands!.Value;
        double low = ToMel(s, s.LowFrequency!.Value), high = ToMel(s, s.HighFrequency!.Value);
        double[] mel = [.. Enumerable.Range(0, bands + 2).Select(b => low + b * (high - low) / (bands + 1))];
        double[] hertz = Array.ConvertAll(mel, m => FromMel(s, m));
        bool isLibrosa = s.Convention == SoundConvention.Librosa;
        double[] edges = isLibrosa ? hertz : mel;
        var filters = new double[bands][];
        for (int b = 0; b < bands; b++)
        {
            filters[b] = new double[size / 2 + 1];
            for (int k = 0; k <= size / 2; k++)
            {
                if (k == size / 2 && !isLibrosa) continue;
                double f = (double)k * s.SampleRate / size, place = isLibrosa ? f : ToMel(s, f);
                double up = (place - edges[b]) / (edges[b + 1] - edges[b]);
                double down = (edges[b + 2] - place) / (edges[b + 2] - edges[b + 1]);
                double weight = Math.Max(0, Math.Min(up, down));
                filters[b][k] = s.AreaNorm == true ? weight * 2 / (hertz[b + 2] - hertz[b]) : weight;
            }
        }

        return filters;
    }

    private static double Log(SoundFeatureSpec s, double value)
    {
        value = Math.Max(s.LogFloor!.Value, value);
        return s.Decibels == true ? 10 * Math.Log10(value) : Math.Log(value);
    }

    private static double[] Cepstrum(SoundFeatureSpec s, double[] row, double energy)
    {
        var result = new double[s.Cepstra!.Value];
        double lifter = s.Lifter!.Value;
        for (int q = 0; q < result.Length; q++)
        {
            double sum = 0;
            for (int b = 0; b < row.Length; b++) sum += row[b] * Math.Cos(Math.PI * q * (2 * b + 1) / (2.0 * row.Length));
            double norm = q == 0 ? Math.Sqrt(1.0 / row.Length) : Math.Sqrt(2.0 / row.Length);
            int place = s.Convention == SoundConvention.Librosa ? q + 1 : q;
            double lifted = lifter == 0 ? 1 : 1 + lifter / 2 * Math.Sin(Math.PI * place / lifter);
            result[q] = norm * lifted * sum;
        }

        if (s.Zeroth == ZerothCoefficient.LogEnergy) result[0] = energy;
        return s.Zeroth == ZerothCoefficient.None ? result[1..] : result;
    }

    private static double At(SoundFeatureSpec s, double[] sound, int place)
    {
        int n = sound.Length;
        if (place >= 0 && place < n) return sound[place];
        if (s.Padding != FramePadding.Reflect) return 0;
        // Walks to and fro between the borders, one reflection after another.
        int border = s.Convention == SoundConvention.Librosa ? 0 : 1;
        if (n == 1) return sound[0];
        while (place < 0 || place >= n) place = place < 0 ? -place - border : 2 * n - 2 + border - place;
        return sound[place];
    }

    private static double[] Window(SoundFeatureSpec s)
    {
        int length = s.FrameLength!.Value;
        bool isLibrosa = s.Convention == SoundConvention.Librosa;
        double period = isLibrosa ? length : length - 1;
        double[] inner = [.. Enumerable.Range(0, length).Select(i => 2 * Math.PI * i / period).Select(a => s.Window switch
        {
            FrameWindow.Povey => Math.Pow(Math.Max(0, 0.5 - 0.5 * Math.Cos(a)), 0.85),
            FrameWindow.Hamming => 0.54 - 0.46 * Math.Cos(a),
            FrameWindow.Hann => 0.5 - 0.5 * Math.Cos(a),
            _ => 1,
        })];
        if (!isLibrosa) return inner;
        var window = new double[s.FftSize!.Value];
        inner.CopyTo(window, (window.Length - length) / 2);
        return window;
    }

    private static double ToMel(SoundFeatureSpec s, double f) =>
        s.MelScale == MelScale.Htk ? 2595 * Math.Log10(1 + f / 700)
        : f < 1000 ? f / (200.0 / 3) : 15 + Math.Log(f / 1000) / (Math.Log(6.4) / 27);

    private static double FromMel(SoundFeatureSpec s, double m) =>
        s.MelScale == MelScale.Htk ? 700 * (Math.Pow(10, m / 2595) - 1)
        : m < 15 ? m * 200 / 3 : 1000 * Math.Exp(Math.Log(6.4) / 27 * (m - 15));
}
