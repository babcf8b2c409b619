using System.Runtime.CompilerServices;

namespace Recurant.Tasks;

/// <summary>
/// Tells how far back in time the gradient of a network reaches: the gradient of every state, that of the recurrent weights split
/// by lag, the Jacobians of the states, the spectral radius of W_hh, how the gates stand, and what to change. A model is only
/// read: while it is looked at, others may predict with it. Equations: docs/lens.md.
/// </summary>
public static partial class GradientLens
{
    private static LensOptions Checked(LensOptions? options)
    {
        options ??= new LensOptions();
        options.Validate();
        return options;
    }

    /// <summary>Looks at a copy of a trained model: the pass writes gradients.</summary>
    private static LensResult Look<TModel>(TModel model, LensOptions? options, Func<TModel, LensOptions, LensSubject> subjectOf)
        where TModel : TrainedModel
    {
        ArgumentNullException.ThrowIfNull(model);
        options = Checked(options);
        return LensLook.At(subjectOf(ModelFile.Copy(model), options), options);
    }

    private static LensResult Look<TModel, TData>(
        TModel model, TData data, LensOptions? options, Func<TModel, TData, LensOptions, LensSubject> subjectOf,
        [CallerArgumentExpression(nameof(data))] string dataName = "")
        where TModel : TrainedModel
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data, dataName);
        return Look(model, options, (copy, given) => subjectOf(copy, data, given));
    }

    /// <summary>Looks at the model that training would start from, its W_hh multiplied by the gain.</summary>
    private static LensResult LookBefore<TData, TTraining>(
        TData data, TTraining training, LensOptions? options, Action<TTraining> validate,
        Func<TData, TTraining, LensOptions, LensSubject> subjectOf, [CallerArgumentExpression(nameof(data))] string dataName = "")
    {
        ArgumentNullException.ThrowIfNull(data, dataName);
        ArgumentNullException.ThrowIfNull(training);
        validate(training);
        options = Checked(options);
        LensSubject subject = subjectOf(data, training, options);
        foreach (RecurrentCell cell in subject.Parts.SelectMany(part => part.Rows).Select(row => row.Cell))
        {
            if (options.Gain == 1 || !cell.HasHiddenProduct) continue;
            foreach (ref float value in cell.HiddenWeights.Value) value *= options.Gain;
            cell.HiddenWeights.MarkChanged();
        }

        return LensLook.At(subject, options);
    }
}
