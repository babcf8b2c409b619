namespace Recurant.Insight;

/// <summary>The look itself: a pass through all of a network, then each of its parts for itself.</summary>
internal static class LensLook
{
    /// <summary>Looks at a network with its batch.</summary>
    public static LensResult At(LensSubject subject, LensOptions options)
    {
        foreach (LensPart part in subject.Parts) SetTraces(part, isSet: true);
        foreach (Parameter parameter in subject.Parameters) parameter.ClearGradient();
        try
        {
            double loss = subject.Pass();
            // A part that is run again leaves the others as they are.
            GradientProfile[][] profiles = [.. subject.Parts.Select(part => ProfilesOf(part))];
            LensLayer[] layers = [.. subject.Parts.SelectMany((part, i) => LayersOf(subject, part, profiles[i], options))];
            return new LensResult(
                subject.Network, subject.Sequences, layers.Max(layer => layer.Steps), loss, layers.Max(layer => layer.ReadSteps),
                layers, LensAdvice.Of(subject, layers));
        }
        finally
        {
            foreach (LensPart part in subject.Parts) SetTraces(part, isSet: false);
            subject.Parameters.DropGradients();
        }
    }

    private static void SetTraces(LensPart part, bool isSet)
    {
        foreach (LensRow row in part.Rows) row.Memory.Trace = isSet ? new BackwardTrace() : null;
    }

    private static GradientProfile[] ProfilesOf(LensPart part) =>
        [.. part.Rows.Select(row => GradientProfile.Of(row.Memory.Trace!, part.Batch, row.IsReverse))];

    private static IEnumerable<LensLayer> LayersOf(
        LensSubject subject, LensPart part, GradientProfile[] profiles, LensOptions options)
    {
        SetTraces(part, isSet: false);
        int readSteps = part.ReadSteps();
        var source = new LensSource(part);
        // What the pass left in the gates comes first: the part is run again after that.
        var splitter = new WeightSplitter(part, source);
        (WeightGradientByLag? Hidden, WeightGradientByLag? Input)[] splits = splitter.Split(readSteps, options.IsExact);
        double[][] lastSteps = readSteps > 1 ? LastStepsOf(part, source) : [.. profiles.Select(_ => Array.Empty<double>())];
        int all = subject.Parts.Sum(each => each.Rows.Count);
        // The sequence of the middle length stands for the others.
        IReadOnlyList<JacobianSize>[] jacobians =
        [
            .. part.Rows.Select(row => options.JacobianSteps == 0
                ? [] : StateJacobians.Of(part, row, part.Batch.Sequences / 2, options.JacobianSteps, all)),
        ];
        return profiles.Select((profile, i) => new LensLayer
        {
            Part = part.Name, Layer = part.Rows[i].Layer, IsReverse = part.Rows[i].IsReverse, Steps = part.Batch.Steps,
            ReadSteps = readSteps, Profile = profile, LastStep = lastSteps[i], HiddenWeights = splits[i].Hidden,
            HiddenNote = WeightSplitter.HiddenNote(part.Rows[i]), InputWeights = splits[i].Input,
            SpectralRadii = RadiiOf(part.Rows[i].Cell), Jacobians = jacobians[i],
            JacobianNote = options.JacobianSteps == 0 ? null : StateJacobians.Note(part, part.Rows[i], options.JacobianSteps),
            Verdict = VerdictOf(profile, splits[i].Hidden ?? splits[i].Input, lastSteps[i], jacobians[i], readSteps),
        });
    }

    /// <summary>state(lag) of each row, where its direction is read at its last step alone.</summary>
    private static double[][] LastStepsOf(LensPart part, LensSource source)
    {
        double[][] states = [.. part.Rows.Select(_ => Array.Empty<double>())];
        for (int direction = 0; direction < part.Spec.Directions; direction++)
        {
            SetTraces(part, isSet: true);
            if (!source.Run(direction, 0)) continue;
            for (int i = 0; i < states.Length; i++)
            {
                LensRow row = part.Rows[i];
                if (row.IsReverse != (direction == 1)) continue;
                states[i] = [.. GradientProfile.Of(row.Memory.Trace!, part.Batch, row.IsReverse).State];
            }
        }

        SetTraces(part, isSet: false);
        return states;
    }

    /// <summary>
    /// States, where the loss reads one step. Where it reads many, every state gets a gradient from nearby, which says nothing of
    /// how far one reaches: then the exact split of the weights' gradient, or what the last step alone gives, or the Jacobians.
    /// </summary>
    private static LensVerdict VerdictOf(
        GradientProfile profile, WeightGradientByLag? split, double[] lastStep, IReadOnlyList<JacobianSize> jacobians,
        int readSteps)
    {
        int far = profile.Far;
        if (readSteps > 1 && split is { IsExact: true, Norms.Count: > 1 })
        {
            // The first step has no state before it.
            int lag = Math.Max(0, Math.Min(far, split.Norms.Count - 2));
            return LensVerdict.Of([.. split.Norms.Take(lag + 1).Select((norm, i) => (i, norm))], LensVerdict.ByWeights);
        }

        if (readSteps > 1 && lastStep is [> 0, ..])
        {
            return LensVerdict.Of([.. lastStep.Take(far + 1).Select((size, lag) => (lag, size))], LensVerdict.ByLastStep);
        }

        if (readSteps > 1 && jacobians.Count > 1)
        {
            return LensVerdict.Of([.. jacobians.Select(size => (size.Lag, size.Norm))], LensVerdict.ByJacobians);
        }

        return LensVerdict.Of([.. profile.State.Take(far + 1).Select((size, lag) => (lag, size))], LensVerdict.ByStates);
    }

    private static List<BlockRadius> RadiiOf(RecurrentCell cell)
    {
        var radii = new List<BlockRadius>();
        if (!cell.HasHiddenProduct || cell.CellSize != cell.HiddenSize) return radii;
        IReadOnlyList<string> names = cell.Gates == 1 ? ["W"] : cell.GateNames;
        int size = cell.HiddenSize;
        for (int gate = 0; gate < cell.Gates; gate++)
        {
            double[] block = new double[size * size];
            for (int i = 0; i < block.Length; i++) block[i] = cell.HiddenWeights.Value[gate * size * size + i];
            radii.Add(new BlockRadius(names[gate], Spectrum.SpectralRadius(block, size)));
        }

        return radii;
    }
}
