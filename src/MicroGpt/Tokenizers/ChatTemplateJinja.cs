namespace MicroGpt.Tokenizers;

/// <summary>Our chat templates in Jinja, for other programs that read <c>tokenizer_config.json</c>.</summary>
internal static class ChatTemplateJinja
{
    public const string Nanochat =
        """
        {{- '<|bos|>' }}
        {%- set ns = namespace(system='') %}
        {%- for message in messages %}
            {%- if message.role == 'system' %}
                {%- set ns.system = message.content + '\n\n' %}
            {%- elif message.role == 'user' %}
                {{- '<|user_start|>' + ns.system + message.content + '<|user_end|>' }}
                {%- set ns.system = '' %}
            {%- elif message.role == 'assistant' and message.content is string %}
                {{- '<|assistant_start|>' + message.content + '<|assistant_end|>' }}
            {%- elif message.role == 'assistant' %}
                {{- '<|assistant_start|>' }}
                {%- for part in message.content %}
                    {%- if part.type == 'python' %}
                        {{- '<|python_start|>' + part.text + '<|python_end|>' }}
                    {%- elif part.type == 'python_output' %}
                        {{- '<|output_start|>' + part.text + '<|output_end|>' }}
                    {%- else %}
                        {{- part.text }}
                    {%- endif %}
                {%- endfor %}
                {{- '<|assistant_end|>' }}
            {%- else %}
                {{- raise_exception('nanochat has no role ' + message.role) }}
            {%- endif %}
        {%- endfor %}
        {%- if add_generation_prompt %}
            {{- '<|assistant_start|>' }}
        {%- endif %}
        """;

    public const string Llama3 =
        """
        {{- '<|begin_of_text|>' }}
        {%- for message in messages %}
            {{- '<|start_header_id|>' + message.role + '<|end_header_id|>\n\n' + message.content | trim + '<|eot_id|>' }}
        {%- endfor %}
        {%- if add_generation_prompt %}
            {{- '<|start_header_id|>assistant<|end_header_id|>\n\n' }}
        {%- endif %}
        """;

    private const string DefaultSystem =
        """
        {%- if messages[0].role != 'system' %}
            {{- '<|im_start|>system\nDEFAULT<|im_end|>\n' }}
        {%- endif %}

        """;

    private const string Opening =
        """
        {%- if add_generation_prompt %}
            {{- '<|im_start|>assistant\n' }}
        {%- endif %}
        """;

    private const string ChatMlMessages =
        """
        {%- for message in messages %}
            {{- '<|im_start|>' + message.role + '\n' + message.content + '<|im_end|>\n' }}
        {%- endfor %}

        """;

    private const string ChatMlMessagesAndTools =
        """
        {%- for message in messages %}
            {%- if message.role == 'tool' %}
                {%- if messages[loop.index0 - 1].role != 'tool' %}
                    {{- '<|im_start|>user' }}
                {%- endif %}
                {{- '\n<tool_response>\n' + message.content + '\n</tool_response>' }}
                {%- if loop.last or messages[loop.index0 + 1].role != 'tool' %}
                    {{- '<|im_end|>\n' }}
                {%- endif %}
            {%- else %}
                {{- '<|im_start|>' + message.role + '\n' + (message.content or '') }}
                {%- for call in message.tool_calls or [] %}
                    {%- if message.content or not loop.first %}
                        {{- '\n' }}
                    {%- endif %}
                    {%- set arguments = call.function.arguments %}
                    {{- '<tool_call>\n{"name": "' + call.function.name + '", "arguments": ' }}
                    {{- arguments if arguments is string else arguments | tojson }}
                    {{- '}\n</tool_call>' }}
                {%- endfor %}
                {{- '<|im_end|>\n' }}
            {%- endif %}
        {%- endfor %}

        """;

    public static string ChatMl(string? defaultSystem, bool hasTools) =>
        (defaultSystem is null ? "" : DefaultSystem.Replace("DEFAULT", Escape(defaultSystem), StringComparison.Ordinal))
        + (hasTools ? ChatMlMessagesAndTools : ChatMlMessages)
        + Opening;

    private static string Escape(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
