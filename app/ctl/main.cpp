// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/catalogs.h"
#include "app/ctl/commands.h"
#include "app/ctl/demostage.h"
#include "app/ctl/output.h"
#include "app/ctl/signals.h"
#include "model/base/text.h"

#include <QCoreApplication>
#include <QDir>
#include <QGuiApplication>
#include <QLoggingCategory>

#include <memory>

namespace {

/// Printing needs fonts, and those a GUI application; every other command does without, and starts sooner.
std::unique_ptr<QCoreApplication>
makeApplication(int& argc, char** argv, const std::variant<spillway::ctl::CommandLine, spillway::ctl::Refusal>& parsed)
{
    const auto* line = std::get_if<spillway::ctl::CommandLine>(&parsed);
    if (!line || !spillway::ctl::printsPaper(line->command))
        return std::make_unique<QCoreApplication>(argc, argv);
    QLoggingCategory::setFilterRules(
        QStringLiteral("default.warning=false")); // Qt's remarks about a desktop that is not there
    qputenv("QT_QPA_PLATFORM", "offscreen");      // never a window, with or without a display
    return std::make_unique<QGuiApplication>(argc, argv);
}

/// Where the state of this call's workspace lies; empty where there is no workspace.
QString stateLine(const spillway::ctl::GlobalOptions& options)
{
    using namespace spillway;
    if (options.demo)
        return QStringLiteral("\nOf the demo, it lies in a folder that goes with it.");
    QString folder = options.state.isEmpty() ? QString() : QDir(options.state).absolutePath();
    if (folder.isEmpty()) {
        const Checked<Workspace> workspace = openWorkspaceOnly(options.workspace);
        if (!workspace.value)
            return {};
        folder = defaultStateFolder(*workspace.value);
    }
    return QStringLiteral("\nHere, state lies in %1").arg(visibleText(folder));
}

} // namespace

int main(int argc, char* argv[])
{
    using namespace spillway;
    const ctl::StopSignals stopSignals;
    QStringList arguments;
    for (int at = 1; at < argc; ++at)
        arguments += QString::fromLocal8Bit(argv[at]);
    const auto parsed = ctl::parseCommandLine(arguments);
    const std::unique_ptr<QCoreApplication> application = makeApplication(argc, argv, parsed);
    QCoreApplication::setApplicationName(QStringLiteral("spillway"));

    if (const auto* refusal = std::get_if<ctl::Refusal>(&parsed)) {
        if (refusal->exitCode == ctl::Done)
            ctl::printText(refusal->text.trimmed() + (refusal->isHelp ? stateLine(refusal->global) : QString()));
        else
            ctl::say(refusal->text.trimmed());
        return ctl::outcome(refusal->exitCode);
    }
    auto line = std::get<ctl::CommandLine>(parsed);
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
    if (const int exitCode = ctl::takeView(session, line.command); exitCode != ctl::Done)
        return ctl::outcome(exitCode);
    return ctl::outcome(
        std::visit([&session](const auto& command) { return ctl::run(session, command); }, line.command));
}
