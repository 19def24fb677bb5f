// SPDX-License-Identifier: GPL-3.0-or-later
// spillway: the desktop.
#include "app/desktop/desktop.h"
#include "app/desktop/quitsignals.h"
#include "app/desktop/snapshot.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QSettings>

#include <cstdio>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;

namespace {

enum ExitCode { Done = 0, Usage = 2, OutOfReach = 3 };

void say(const QString& text)
{
    std::fprintf(stderr, "%s\n", qPrintable(text));
}

/// Whether the arguments ask for pictures; looked at before Qt wants a display.
bool wantsSnapshot(int argc, char** argv)
{
    for (int i = 1; i < argc; ++i) {
        if (QByteArrayView(argv[i]).startsWith("--snapshot"))
            return true;
    }
    return false;
}

/// Whether nothing will be shown at all.
bool wantsText(int argc, char** argv)
{
    for (int i = 1; i < argc; ++i) {
        const QByteArrayView argument(argv[i]);
        if (argument == "--help" || argument == "-h" || argument == "--version" || argument == "-v")
            return true;
    }
    return false;
}

bool hasDisplay()
{
    return qEnvironmentVariableIsSet("QT_QPA_PLATFORM") || qEnvironmentVariableIsSet("DISPLAY") ||
           qEnvironmentVariableIsSet("WAYLAND_DISPLAY");
}

int exitCodeOf(const Error& error)
{
    return error.code == ErrorCode::InvalidConfig || error.code == ErrorCode::NotFound ? Usage : OutOfReach;
}

int snapshot(const OpenRequest& request, const QString& folder, views::Theme& theme)
{
    auto opened = openWorkspace(request);
    if (!opened) {
        say(opened.error().detail);
        return exitCodeOf(opened.error());
    }
    Workbench workbench(std::move(*opened));
    const Result<QStringList> files = takeSnapshots(workbench, theme, folder, request.isDemo);
    if (!files) {
        say(files.error().detail);
        return OutOfReach;
    }
    for (const QString& file : *files)
        std::printf("%s\n", qPrintable(file));
    return Done;
}

} // namespace

int main(int argc, char** argv)
{
    const bool isSnapshot = wantsSnapshot(argc, argv);
    const bool needsNoDisplay = isSnapshot || wantsText(argc, argv);
    if (needsNoDisplay)
        qputenv("QT_QPA_PLATFORM", "offscreen");
    if (!needsNoDisplay && !hasDisplay()) {
        say(u"There is no display. `spillwayctl --demo demo` shows the same company as text; `spillway --demo --snapshot DIR` writes every screen as a picture."_s);
        return OutOfReach;
    }
    QApplication application(argc, argv);
    QApplication::setApplicationName(u"spillway"_s);
    QApplication::setOrganizationName(u"spillway"_s);
    QApplication::setApplicationVersion(QStringLiteral(SPILLWAY_VERSION));

    QCommandLineParser parser;
    parser.setApplicationDescription(
        u"Shows what falls behind in event streams, what it costs and whose it is, and replays dead letters.\n"
        "State lives in $XDG_STATE_HOME/spillway/<name>-<hash>/ or --state DIR."_s);
    parser.addHelpOption();
    parser.addVersionOption();
    const QCommandLineOption workspace(u"workspace"_s, u"The workspace: spillway.yaml or its folder."_s, u"DIR|FILE"_s);
    const QCommandLineOption state(u"state"_s, u"Where the state lives."_s, u"DIR"_s);
    const QCommandLineOption demo(u"demo"_s, u"A little company on a broker inside this program."_s);
    const QCommandLineOption pictures(
        u"snapshot"_s, u"Writes every screen as PNG into DIR, light and dark, and ends. Needs no display."_s, u"DIR"_s);
    parser.addOptions({workspace, state, demo, pictures});
    if (!parser.parse(QApplication::arguments())) {
        say(parser.errorText());
        return Usage;
    }
    if (parser.isSet(u"help"_s)) {
        std::printf("%s", qPrintable(parser.helpText()));
        return Done;
    }
    if (parser.isSet(u"version"_s)) {
        std::printf("spillway %s\n", SPILLWAY_VERSION);
        return Done;
    }
    if (!parser.positionalArguments().isEmpty()) {
        say(u"Unknown argument: %1. A workspace is named with --workspace."_s.arg(
            parser.positionalArguments().join(u' ')));
        return Usage;
    }
    const OpenRequest request{
        .workspace = parser.value(workspace), .stateFolder = parser.value(state), .isDemo = parser.isSet(demo)};
    views::Theme theme(application);

    if (isSnapshot) {
        if (request.workspace.isEmpty() && !request.isDemo) {
            say(u"--snapshot needs --demo or --workspace DIR."_s);
            return Usage;
        }
        // Pictures show the screens as they come, not as somebody arranged them, and leave no trace in their settings.
        const QTemporaryDir settings;
        QSettings::setDefaultFormat(QSettings::IniFormat);
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, settings.path());
        theme.setMode(views::Theme::Mode::Light);
        return snapshot(request, parser.value(pictures), theme);
    }
    theme.setMode(views::Theme::Mode::FollowSystem);
    Desktop desktop(request.stateFolder);
    const QuitSignals quit;
    if (request.isDemo || !request.workspace.isEmpty())
        desktop.open(request);
    else
        desktop.showStart();
    return QApplication::exec();
}
