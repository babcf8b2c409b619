using System.Globalization;
using System.Text.Json.Serialization;
using static Recurant.Layers.SpecRange;

namespace Recurant.Models;

/// <summary>What a model that writes down speech is made of; data only.</summary>
public sealed record SpeechSpec
{
    internal const int MostSymbols = 100_000, MostJoin = 64;

    /// <summary>What a frame of the sound is turned into, with everything decided.</summary>
    public required SoundFeatureSpec Sound { get; init; }

    /// <summary>What a symbol is: a character, the space too, or a word.</summary>
    public TokenUnit Unit { get; init; } = TokenUnit.Character;

    /// <summary>The number of symbols; with the blank the network has one class more.</summary>
    public required int Symbols { get; init; }

    /// <summary>How many frames are read as one step. Default: 3.</summary>
    public int Join { get; init; } = 3;

    /// <summary>The number of convolutions before the recurrent layers. Default: 2.</summary>
    public int Convolutions { get; init; } = 2;

    /// <summary>The width of the convolutions. Default: 128.</summary>
    public int Filters { get; init; } = 128;

    /// <summary>The steps that a convolution sees at once. Default: 5.</summary>
    public int Kernel { get; init; } = 5;

    /// <summary>The recurrent layers.</summary>
    public required RecurrentSpec Recurrent { get; init; }

    /// <summary>The classes of a step: the blank, and the symbols behind it.</summary>
    [JsonIgnore]
    internal int Classes => Symbols + 1;

    /// <summary>The seconds between the beginnings of two steps.</summary>
    [JsonIgnore]
    internal double StepSeconds => (double)Join * Sound.FrameStep!.Value / Sound.SampleRate;

    /// <summary>The network in one line.</summary>
    [JsonIgnore]
    internal string Summary =>
        $"{(Convolutions > 0 ? $"{Convolutions} convolutions of {Filters}, " : "")}{Recurrent.Summary} over "
        + (Sound.Kind == SoundFeatureKind.Mfcc ? $"{Sound.Cepstra} cepstra" : $"{Sound.MelBands} mel bands");

    /// <summary>The steps that so many frames become: the last one is filled up with the last frame.</summary>
    internal int StepsOf(int frames) => (frames + Join - 1) / Join;

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">
    /// A value is outside its range; the message names the property and the range.
    /// </exception>
    internal void Validate()
    {
        Recurrent.Validate();
        if (Sound.Decided() != Sound)
        {
            throw new ArgumentException(
                $"{nameof(Sound)} leaves something open; what {nameof(SoundFeatureSpec.Decided)} gives is expected.");
        }

        Require(Unit is TokenUnit.Character or TokenUnit.Word, (int)Unit, "Character or Word", nameof(Unit));
        Require(Symbols is >= 1 and <= MostSymbols, Symbols, "1 to 100,000");
        Require(Join is >= 1 and <= MostJoin, Join, "1 to 64");
        Require(Convolutions is >= 0 and <= 64, Convolutions, "0 to 64");
        Require(Filters is >= 1 and <= 65536, Filters, "1 to 65,536");
        Require(Kernel is >= 1 and <= 10_000, Kernel, "1 to 10,000");
    }

    /// <inheritdoc/>
    public override string ToString() => InvariantRecord.ToString(nameof(SpeechSpec), PrintMembers);
}
