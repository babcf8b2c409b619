namespace Recurant.Formats;

/// <summary>To which size the images of a manifest are brought.</summary>
public sealed record CaptionFormatOptions
{
    /// <summary>Pixels in a row; at least 1. Default: null, the first image's, but no side longer than 64.</summary>
    public int? Width { get; init; }

    /// <summary>Rows; at least 1. Default: null, as for <see cref="Width"/>.</summary>
    public int? Height { get; init; }

    /// <summary>1 for grey, 3 for colour. Default: null, that of the first image.</summary>
    public int? Channels { get; init; }
}
