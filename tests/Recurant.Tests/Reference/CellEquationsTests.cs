using static Recurant.Tests.Reference.ReferenceCases;

namespace Recurant.Tests.Reference;

/// <summary>
/// Two steps of each cell, H = 2, I = 1, x = 1 then -2, h_0 = (0.3, -0.6), c_0 = (0.2, -0.4). The expected values were worked
/// out one unit at a time from the scalar equations, without any of this project's code, to twelve digits.
/// </summary>
public class CellEquationsTests
{
    private const double TwelveDigits = 1e-11;

    private static readonly double[] s_weight = [0.5, -0.3, 0.2, 0.8, -0.6, 0.4, 0.9, -0.7];
    private static readonly double[] s_hidden =
        [0.1, 0.4, -0.2, 0.7, 0.3, -0.5, 0.6, 0.25, -0.45, 0.15, 0.35, -0.65, 0.55, 0.05, -0.15, 0.75];

    private static readonly double[] s_inputBias = [0.05, -0.1, 0.5, 1.0, 0.2, -0.3, 0.15, 0.25];
    private static readonly double[] s_hiddenBias = [0.02, 0.15, -0.04, 0.06, -0.08, 0.12, 0.07, -0.03];

    // Unit 0 of the first step by hand: z = 0.5 * 1 + 0.05 + 0.1 * 0.3 + 0.4 * -0.6 + 0.02 = 0.36, tanh(0.36) = 0.345214...
    [Theory]
    [InlineData("tanh", 0.345214034136, -0.623065349572, -0.815992259622, 0.143807618709)]
    [InlineData("relu", 0.36, 0, 0, 0.578)]
    [InlineData("sigmoid", 0.589040434059, 0.325194727418, 0.322781560967, 0.681316437847)]
    [InlineData("tanh preactivation", 0.366445834723, -0.594241254281, -0.811378971747, 0.159371699571)]
    [InlineData("relu preactivation", 0.6, 0, 0, 0.53)]
    [InlineData("sigmoid preactivation", 0.683343858753, 0.470821212243, 0.33775000494, 0.699076916138)]
    [InlineData("lstm", -0.160834824548, -0.040213947258, 0.0216231902171, -0.420338970373)]
    [InlineData("gru inside", 0.086809044689, -0.483020778752, 0.41680065831, -0.612246352026)]
    [InlineData("gru outside", 0.0850963377398, -0.47041613803, 0.408321805278, -0.594518889875)]
    [InlineData("mingru", 0.553654236404, 0.36314961573, 0.427136955446, -0.236371849925)]
    [InlineData("minlstm", -0.0591515392736, -0.123046665666, 0.893776046096, -0.477444885452)]
    [InlineData("sru", 0.761908811696, -0.427243944619, -0.561941522051, 1.36119395977)]
    [InlineData("indrnn", 0.522665429686, -0.564899552846, -0.715192458313, 0.267380209516)]
    [InlineData("indrnn relu", 0.58, 0, 0, 0.5)]
    [InlineData("peepholelstm", -0.16763667643, -0.0346592133627, 0.0195561052078, -0.396137730621)]
    [InlineData("layernormlstm", -0.598864470708, -0.727593249314, -0.257777033113, -0.092929794884)]
    [InlineData("projectedlstm", 0.334975176438, -0.209359485274, 0.119823261655, -0.0748895385341)]
    [InlineData("lru", 0.00829715253831, -0.117337632026, 0.262799023219, 0.660558576708)]
    public void Forward_TwoSteps_EqualsValuesWorkedOutByHand(string cell, double h10, double h11, double h20, double h21)
    {
        ReferenceStackRun run = Run(cell, null);
        AssertClose([h10, h11, h20, h21], run.Outputs, TwelveDigits);
    }

    // The mask (0, 2) acts in the products with W_hh only: with z * h_{t-1} masked too, the first value would be another.
    [Theory]
    [InlineData("gru inside", 0.125466610769, -0.441055466646, 0.408250161095, -0.57237817282)]
    [InlineData("gru outside", 0.127248464713, -0.427433969839, 0.40205093922, -0.545583330189)]
    public void Forward_GruWithRecurrentMask_EqualsValuesWorkedOutByHand(
        string cell, double h10, double h11, double h20, double h21)
    {
        ReferenceStackRun run = Run(cell, [0, 2]);
        AssertClose([h10, h11, h20, h21], run.Outputs, TwelveDigits);
    }

    [Fact]
    public void Forward_Lstm_CarriesTheMemoryCell()
    {
        ReferenceStackRun run = Run("lstm", null);
        AssertClose([-0.209705866745, -0.147896832775], run.Steps[0][0].Cell, TwelveDigits);
        AssertClose([0.137401380614, -0.554690066692], run.FinalCell, TwelveDigits);
    }

    [Fact]
    public void Forward_Preactivation_CarriesTheSumBeforeTheActivation() =>
        AssertClose([-0.673337129227, 0.84290607682], Run("sigmoid preactivation", null).FinalState, TwelveDigits);

    [Fact]
    public void Forward_SigmoidPreactivationFromZero_EqualsHiddenFormFromOneHalf()
    {
        // f(s_0) = sigmoid(0) = 0.5: the preactivation form from zeros is not the hidden form from zeros.
        double[] preactivation = FromStart("sigmoid preactivation", null);
        AssertClose(FromStart("sigmoid", [0.5, 0.5, 0.5]), preactivation, SameTolerance);
        Assert.True(Math.Abs(FromStart("sigmoid", null)[0] - preactivation[0]) > 1e-3);
    }

    [Theory]
    [InlineData("tanh")]
    [InlineData("relu")]
    public void Forward_PreactivationWithActivationZeroAtZero_EqualsHiddenForm(string cell) =>
        AssertClose(FromStart(cell, null), FromStart(cell + " preactivation", null), SameTolerance);

    private static double[] FromStart(string cell, double[]? start)
    {
        ReferenceSpec spec = Spec(cell);
        return new ReferenceStack(spec, spec.RandomWeights(1)).Forward(Values(new Random(2), Length * InputSize), start).Outputs;
    }

    private static ReferenceStackRun Run(string cell, double[]? mask)
    {
        ReferenceSpec spec = Spec(cell) with { InputSize = 1, HiddenSize = 2, CellSize = 1 };
        ReferenceTensors weights = new();
        foreach (ReferenceShape shape in spec.RecurrentShapes())
        {
            double[] values = shape.Name switch
            {
                "weight_ih_l0" => s_weight,
                "weight_hh_l0" or "weight_ho_l0" => s_hidden,
                "weight_hr_l0" => [0.8, -0.5],
                "weight_ch_l0" => [0.3, -0.2, 0.5, 0.1, -0.4, 0.6],
                "norm_ih_l0" => [1.1, 0.9, -0.8, 1.2, 0.7, 1.3, 1.0, -1.4],
                "norm_hh_l0" => [0.6, -0.5, 0.9, 0.4, 1.1, 0.8, -0.7, 0.3],
                "norm_c_l0" => [1.2, -0.9],
                "norm_c_bias_l0" => [0.1, -0.3],
                "nu_log_l0" => [-0.7],
                "theta_log_l0" => [0.4],
                "gamma_log_l0" => [-0.3],
                "bias_ih_l0" => s_inputBias,
                _ => s_hiddenBias,
            };
            weights[shape.Name] = values[..shape.Count];
        }

        double[]? c0 = spec.HasCell ? new[] { 0.2, -0.4 }[..spec.CellWidth] : null;
        return new ReferenceStack(spec, weights).Forward([1, -2], [0.3, -0.6], c0, new ReferenceMasks { Recurrent = [mask] });
    }
}
