namespace Recurant.Inputs;

/// <summary>The weights w of the samples of a frame.</summary>
internal static class FrameWindows
{
    /// <summary>
    /// One weight for each sample that a frame reads: L of them, or with librosa N, the window in their middle.
    /// </summary>
    public static float[] Of(SoundFeatureSpec spec)
    {
        int length = spec.FrameLength!.Value;
        bool isLibrosa = spec.Convention == SoundConvention.Librosa;
        var weights = new float[isLibrosa ? spec.FftSize!.Value : length];
        int first = (weights.Length - length) / 2;
        // librosa's window is one period of an endless wave; the others end as they begin.
        double period = isLibrosa ? length : length - 1;
        for (int i = 0; i < length; i++)
        {
            double cos = Trigonometry.SinCos(2 * Math.PI * i / period).Cos, hann = 0.5 - 0.5 * cos;
            weights[first + i] = (float)(spec.Window switch
            {
                FrameWindow.Povey => hann > 0 ? SpecialFunctions.Exp(0.85 * SpecialFunctions.Log(hann)) : 0,
                FrameWindow.Hamming => 0.54 - 0.46 * cos,
                FrameWindow.Hann => hann,
                _ => 1,
            });
        }

        return weights;
    }
}
