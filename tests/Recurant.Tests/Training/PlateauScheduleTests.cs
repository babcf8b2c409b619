namespace Recurant.Tests.Training;

public class PlateauScheduleTests
{
    /// <summary>Labels are noise and the rate is high, so that some epochs are no better than the best one before.</summary>
    [Fact]
    public void Train_UnderPlateau_HalvesTheRateAfterEachEpochThatWasNotBetter()
    {
        var log = new Log();
        ClassifierTrainer.Train(Reviews.Noise(60, seed: 2), Reviews.Small with
        {
            Schedule = ScheduleKind.Plateau, Optimizer = OptimizerKind.Sgd, LearningRate = 0.5f, Epochs = 8, Patience = 100,
            Observers = [log],
        });

        Assert.Equal(8, log.Epochs.Count);
        Assert.Contains(log.Epochs, epoch => !epoch.IsBest);
        Assert.Contains(log.Epochs, epoch => epoch.IsBest);
        // The warm-up of the first hundredth of the steps is over in the first step.
        double rate = 0.5;
        foreach ((double last, bool isBest) in log.Epochs)
        {
            Assert.Equal(rate, last, 1e-6);
            if (!isBest) rate /= 2;
        }
    }

    private sealed class Log : TrainingObserver
    {
        private double _rate;

        public List<(double LastRate, bool IsBest)> Epochs { get; } = [];

        public override void OnStep(in TrainingStep step) => _rate = step.LearningRate;

        public override void OnEpoch(string stage, EpochRecord epoch, bool isBest) => Epochs.Add((_rate, isBest));
    }
}
