"""What transformers makes of the conversations in conversations.jsonl, recorded for ChatTemplateRecordedTests.

    python3 record.py TOKENIZER_CONFIG TOKENIZER_JSON      # of Zhenghong-Liu/MicroGPT; writes recorded.json beside itself

Needs transformers. The *.jinja files are our own templates as the library writes them; a test keeps them so. Rendered is the text
of every conversation by every template that takes it, and the ids by the published tokenizer with its own template.
"""

import json
import sys
from pathlib import Path

import transformers

HERE = Path(__file__).parent
config, tokenizer_json = sys.argv[1:]
tokenizer = transformers.PreTrainedTokenizerFast(tokenizer_file=tokenizer_json)
published = json.loads(Path(config).read_text())["chat_template"]
conversations = [json.loads(line)["messages"] for line in (HERE / "conversations.jsonl").read_text().splitlines()]
WITHOUT_TOOLS = {"chatml-without-tools", "llama3"}


def has(messages, what):
    return any(what(message) for message in messages)


def takes(name, messages):
    parts = has(messages, lambda message: isinstance(message["content"], list))
    calls = has(messages, lambda message: message.get("tool_calls"))
    if name == "nanochat":
        return not calls
    return not parts and not (calls and name in WITHOUT_TOOLS)


def each(render):
    """Of every conversation: the whole, or with the opening of the answer where it is the assistant's turn."""
    return [render(messages, messages[-1]["role"] != "assistant") for messages in conversations]


rendered = {}
for path in sorted(HERE.glob("*.jinja")):
    rendered[path.stem] = each(
        lambda messages, prompt: tokenizer.apply_chat_template(
            messages, chat_template=path.read_text(), tokenize=False, add_generation_prompt=prompt
        )
        if takes(path.stem, messages)
        else None
    )
ids = each(
    lambda messages, prompt: tokenizer.apply_chat_template(
        messages, chat_template=published, tokenize=True, add_generation_prompt=prompt, return_dict=True
    )["input_ids"]
    if takes("published", messages)
    else None
)
content = {"transformers": transformers.__version__, "rendered": rendered, "microgpt50m": ids}
(HERE / "recorded.json").write_text(json.dumps(content, ensure_ascii=False) + "\n")
