using MicroGpt.Training;

namespace MicroGpt.Tests.Training;

public sealed class LossLogTests
{
    private const string Header = "step,train_loss,val_loss,learning_rate,grad_norm,val_bits_per_byte\n";

    [Fact]
    public void Every_digit_comes_back()
    {
        using var folder = new TemporaryFolder();
        var log = new LossLog(Measures.OfLoss);
        log.Add(new TrainingRecord(1, 0.1 + 0.2, null, 1e-3, 1.0 / 3));
        log.Add(new TrainingRecord(2, double.MaxValue, null, double.Epsilon, 0));
        log.SetValidation(new ValidationScore(Math.PI, Math.E));
        log.Save(folder.Path);
        Assert.Equal(log.Records, LossLog.Load(folder.Path, 2, Measures.OfLoss).Records);
        Assert.Equal(
            Header + "1,0.30000000000000004,,0.001,0.3333333333333333,\n2,1.7976931348623157E+308,3.141592653589793,5E-324,0,2.718281828459045\n",
            File.ReadAllText(folder.File(LossLog.FileName)));
    }

    [Fact]
    public void What_a_run_measures_besides_has_columns_of_its_own()
    {
        using var folder = new TemporaryFolder();
        var measures = new Measures(null, "val reward", ["reward", "kl"]);
        var log = new LossLog(measures);
        log.Add(new TrainingRecord(1, 0.5, null, 1, 2) { Measures = [0.25, -1e-9] });
        log.Save(folder.Path);
        Assert.Equal("step,train_loss,val_reward,learning_rate,grad_norm,reward,kl\n1,0.5,,1,2,0.25,-1E-09\n", File.ReadAllText(folder.File(LossLog.FileName)));
        Assert.Equal([0.25, -1e-9], Assert.Single(LossLog.Load(folder.Path, 1, measures).Records).Measures);
        Assert.Empty(LossLog.Load(folder.Path, 1, Measures.OfLoss).Records);
        var read = LossLog.Load(folder.Path);
        Assert.Equal([0.25, -1e-9], Assert.Single(read.Records).Measures);
        Assert.Equal(["reward", "kl"], read.Measures.OfStep);
        Assert.True(read.Measures is { HigherIsBetter: true, Loss: null, Validation: "val reward" });
    }

    [Theory]
    [InlineData("1,1,,1,1\n2,1,,1,1\n3,1,,1,1\n", 3)]
    [InlineData("1,1,,1,1\n2,1,,1,1\n4,1,,1,1\n", 2)] // what was written after the checkpoint is not of this run
    [InlineData("1,1,,1,1\n2,1,,1\n3,1,,1,1\n", 1)]
    [InlineData("1,1,,1,1\nnonsense\n", 1)]
    [InlineData("1,1,x,1,1\n", 1)]
    [InlineData("2,1,,1,1\n1,1,,1,1\n", 1)] // steps only rise
    [InlineData("1,1,,1,1\n1,1,,1,1\n", 1)]
    [InlineData("", 0)]
    public void A_damaged_file_gives_what_can_be_read(string rows, int count)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File(LossLog.FileName), Header + rows);
        Assert.Equal(count, LossLog.Load(folder.Path, 3, Measures.OfLoss).Records.Count);
    }

    [Fact]
    public void A_missing_file_is_an_empty_history()
    {
        using var folder = new TemporaryFolder();
        Assert.Empty(LossLog.Load(folder.Path, 3, Measures.OfLoss).Records);
    }
}
