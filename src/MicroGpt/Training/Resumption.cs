using System.Text;
using MicroGpt.Checkpoints;
using MicroGpt.Models;
using MicroGpt.Numerics;

namespace MicroGpt.Training;

/// <summary>What a run that is gone on with needs from its folder, and what to do where that is not as it was.</summary>
internal static class Resumption
{
    /// <summary>The model and the state of the run in a folder.</summary>
    public static (LoadedModel Saved, TrainingState State, SafeTensorsFile Moments) Open(string folder, Device device) => AsSaved(folder, () =>
    {
        var saved = ModelCheckpoint.Load(folder, device);
        var (state, moments) = TrainingState.Open(folder, saved.Step);
        if (state.Model is null || state.Model == Describe(saved.Model))
            return (saved, state, moments);
        moments.Dispose();
        throw new InvalidDataException($"The model's {ModelCheckpoint.ConfigurationFile} says something else than when the run was saved.");
    });

    /// <summary>Does what succeeds with the files that a run has saved, together; where it doesn't, the way out is told.</summary>
    public static TResult AsSaved<TResult>(string folder, Func<TResult> open)
    {
        try
        {
            return open();
        }
        catch (Exception exception) when (exception is InvalidDataException or ArgumentException)
        {
            throw new InvalidDataException(WithWayOut(exception), exception);
        }
        catch (FileNotFoundException exception)
        {
            throw new FileNotFoundException(WithWayOut(exception), exception);
        }

        string WithWayOut(Exception exception) =>
            $"{exception.Message.TrimEnd('.')}. To go on with the run, put the files of {folder} back as they were saved; or begin anew, without --resume.";
    }

    /// <summary>Opens what a run learns from; where that is gone, the way out is told.</summary>
    public static TData Found<TData>(string folder, string? data, Func<TData> open)
    {
        try
        {
            return open();
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new FileNotFoundException(
                $"The run in {folder} learns from {data}, which is not there, or not all of it: put it back, or say with --data where it is now.", exception);
        }
    }

    /// <summary>A model's configuration in a form that tells any other from it.</summary>
    public static string Describe(ILanguageModel model) => Encoding.UTF8.GetString(ConfigFile.Write(model.Config, tokenizer: null, TensorType.F32));
}
