using System.Globalization;
using MicroGpt.Numerics;

namespace MicroGpt.Training;

/// <summary>Looks at every number that a step computes, and stops at the first that is infinite or not a number.</summary>
internal sealed class NumericsCheck
{
    private readonly Tape _tape;
    private readonly Optimizer _optimizer;
    private readonly Dictionary<Tape.Record, string> _places = []; // of an operation: its parameter, or the last one before it
    private string _parameter = "";
    private int _step;

    public NumericsCheck(Tape tape, Optimizer optimizer)
    {
        (_tape, _optimizer) = (tape, optimizer);
        _tape.AfterOperation = AfterOperation;
    }

    /// <summary>Looks no longer.</summary>
    /// <returns>Null, for what takes its place.</returns>
    public NumericsCheck? End()
    {
        _tape.AfterOperation = null;
        return null;
    }

    /// <exception cref="TrainingDivergedException">The parameters or moments are damaged already.</exception>
    public void BeginStep(int step)
    {
        _step = step;
        if (_optimizer.FindNonFinite() is { } tensor)
            throw new TrainingDivergedException(
                step, $"Before step {step}, {Where(tensor, tensor.Name)} is {Value(tensor)} already: this state can't be trained further. Go back to an earlier one, or start anew.");
    }

    /// <exception cref="TrainingDivergedException">The update made a number that is not finite.</exception>
    public void AfterUpdate()
    {
        if (_optimizer.FindNonFinite() is { } tensor)
            throw Found("the optimizer", tensor, tensor.Name);
    }

    private void AfterOperation(Tape.Record record, bool backward)
    {
        if (backward)
        {
            for (var i = 0; i < Operands.Most; i++)
                if (record.Inputs[i] is { HasGrad: true, Grad: { } gradient } input && gradient.IndexOfNonFinite() >= 0)
                    throw Found($"the backward pass of {record.Name} {_places[record]}", gradient, "the gradient of " + Name(input, "its input"), record);
            return;
        }

        _places[record] = PlaceOf(record);
        if (record.Output.IndexOfNonFinite() >= 0)
            throw Found($"the forward pass of {record.Name} {_places[record]}", record.Output, "its output", record);
    }

    private string PlaceOf(Tape.Record record)
    {
        for (var i = 0; i < Operands.Most; i++)
        {
            if (record.Inputs[i] is { Name.Length: > 0 } parameter)
            {
                _parameter = parameter.Name;
                return "with " + _parameter;
            }
        }

        return "behind " + _parameter;
    }

    private TrainingDivergedException Found(string who, Tensor tensor, string name, Tape.Record? record = null) => new(
        _step,
        $"At step {_step}, {who} made the first number that is not finite: {Value(tensor)}, {Where(tensor, name)}. "
        + (record is null ? "" : $"The operation's inputs reach {Reach(record)}. ")
        + $"Training has diverged. {TrainingDivergedException.WayOut}");

    private static string Where(Tensor tensor, string name) => $"element {tensor.IndexOfNonFinite()} of {name} {tensor.Shape}";

    private static string Name(Tensor tensor, string otherwise) => tensor.Name.Length > 0 ? tensor.Name : otherwise;

    private static string Value(Tensor tensor) => tensor[tensor.IndexOfNonFinite()].ToString(CultureInfo.InvariantCulture);

    /// <summary>The largest absolute value among an operation's inputs, which were finite.</summary>
    private static string Reach(Tape.Record record)
    {
        var largest = 0.0;
        for (var i = 0; i < Operands.Most; i++)
            for (var j = 0; j < (record.Inputs[i]?.Shape.Count ?? 0); j++)
                largest = Math.Max(largest, Math.Abs(record.Inputs[i]![j]));
        return largest.ToString("G3", CultureInfo.InvariantCulture);
    }
}
