// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/commandfamily.h"
#include "app/ctl/optionwords.h"

namespace spillway::ctl {

namespace {

struct Words
{
    std::string what, name, digest, id;
    std::optional<int> version;
};

using Family = CommandFamily<Words>;

} // namespace

void addNotifyCommands(CLI::App& app, const Choose& choose)
{
    const Family family(choose);
    Words& words = family.words();
    auto* notify = Family::group(app, "notify", "Telling teams by Slack and webhooks");
    auto* preview = family.leaf(*notify, "preview", "Exactly what would be sent, to whom", [](const Words& w) {
        return NotifyPreviewCommand{text(w.what), text(w.name), w.version};
    });
    auto* send = family.leaf(*notify, "send", "Send what the preview showed; what does not arrive is tried again",
                             [](const Words& w) {
                                 return NotifySend{text(w.what), text(w.name), w.version, text(w.digest)};
                             });
    for (CLI::App* command : {preview, send}) {
        const bool isPreview = command == preview;
        command
            ->add_option("WHAT", words.what,
                         isPreview ? "schema: teams that read an event; review: teams it decided on; alerts: what"
                                     " teams would be told of now"
                                   : "schema: teams that read an event; review: teams it decided on")
            ->required()
            ->type_name("")
            ->check(isPreview ? CLI::IsMember({"schema", "review", "alerts"}) : CLI::IsMember({"schema", "review"}));
        command->add_option("NAME", words.name, "The event's type; a review, default the last closed one")
            ->type_name("");
        command->add_option("--version", words.version, "This version of the schema instead of the newest")
            ->type_name("N")
            ->check(CLI::PositiveNumber);
    }
    send->add_option("--digest", words.digest, "The preview's digest: what you have seen")->type_name("DIGEST");
    family.leaf(*notify, "status", "What was sent, what waits, what failed; newest first",
                [](const Words&) { return NotifyStatus{}; });
    auto* retry = family.leaf(*notify, "retry", "Send a message again that failed or is in doubt",
                              [](const Words& w) { return NotifyRetry{text(w.id)}; });
    retry->add_option("ID", words.id, "The message's id")->required()->type_name("");
}

} // namespace spillway::ctl
