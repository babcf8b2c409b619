namespace Recurant.Formats;

/// <summary>Data in three parts that share no text.</summary>
/// <param name="Train">To learn from.</param>
/// <param name="Valid">To choose by while learning.</param>
/// <param name="Test">To score once, at the end.</param>
public sealed record DataParts<T>(T Train, T Valid, T Test);
