// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/commands.h"
#include "app/ctl/demostage.h"
#include "app/ctl/output.h"
#include "app/ctl/signals.h"

#include <QCoreApplication>

int main(int argc, char* argv[])
{
    using namespace spillway;
    const ctl::StopSignals stopSignals;
    const QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("spillway"));

    const auto parsed = ctl::parseCommandLine(QCoreApplication::arguments().mid(1));
    if (const auto* refusal = std::get_if<ctl::Refusal>(&parsed)) {
        if (refusal->exitCode == ctl::Done)
            ctl::printText(refusal->text.trimmed());
        else
            ctl::say(refusal->text.trimmed());
        return refusal->exitCode;
    }
    const auto& line = std::get<ctl::CommandLine>(parsed);
    ctl::Session session(line.global, stopSignals.token());
    std::unique_ptr<ctl::DemoStage> stage; // outlives whatever uses its broker
    if (line.global.demo) {
        auto set = ctl::DemoStage::set();
        if (!set)
            return ctl::refuse(set.error());
        stage = std::move(*set);
        session.adopt(stage->context());
        if (const int exitCode = ctl::prepareDemo(session, line.command); exitCode != ctl::Done)
            return exitCode;
    }
    return std::visit([&session](const auto& command) { return ctl::run(session, command); }, line.command);
}
