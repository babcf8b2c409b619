namespace Recurant.Training;

/// <summary>The loss or a gradient stopped being a finite number; the message names step, epoch and tensor.</summary>
public sealed class NonFiniteLossException(string message) : Exception(message);
