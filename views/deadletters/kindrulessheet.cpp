// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/deadletters/kindrulessheet.h"

#include "model/base/text.h"
#include "views/deadletters/kindruleseditor.h"
#include "views/deadletters/letterwords.h"
#include "views/shell/workbar.h"
#include "views/widgets/commandline.h"
#include "views/widgets/plaintextlabel.h"
#include "views/widgets/splitview.h"
#include "views/widgets/statepane.h"
#include "views/widgets/tableview.h"

#include <QFileInfo>
#include <QHBoxLayout>
#include <QPointer>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>
#include <chrono>

namespace spillway::views {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr auto typingRests = std::chrono::milliseconds(300);
constexpr std::size_t mostFactsShown = 7; // in a question; the table lists them
constexpr QSize largestSheet(1360, 840);
constexpr int roomAround = 60; // of the window behind

QWidget* titled(const QString& title, QWidget* content, QWidget* parent)
{
    auto* box = new QWidget(parent);
    auto* layout = new QVBoxLayout(box);
    layout->setContentsMargins(8, 0, 0, 8);
    layout->setSpacing(4);
    layout->addWidget(new PlainTextLabel(title, TextSize::Body, PlainTextLabel::Ink::Muted, box));
    layout->addWidget(content, 1);
    return box;
}

} // namespace

KindRulesSheet::KindRulesSheet(const ViewContext& context, QWidget* parent)
    : QDialog(parent)
    , m_context(context)
    , m_shareRows(kindShareColumns, kindShareKey)
    , m_ruleRows(kindRuleColumns, [](const KindRuleRow& row) { return row.place; })
    , m_fileLoad([this](Result<KindRulesFile> file) { showFile(std::move(file)); })
    , m_otherLoad([this](Result<KindRulesFile> other) {
        if (!other || !other->text) {
            say(other ? tr("%1 is not there any more").arg(other->file) : failureSentence(other.error()));
            return;
        }
        m_editor->show(*other->text, tr("From %1; saving writes %2").arg(other->file, m_file.file));
    })
    , m_checkLoad([this](Result<std::vector<FileIssue>> issues) { showFaults(std::move(issues)); })
    , m_trialLoad([this](Result<KindTrial> trial) { showTrial(std::move(trial)); })
    , m_saveLoad([this](Result<bool> saved) { showSaved(std::move(saved)); })
    , m_sortLoad([this](Result<bool> sorted) {
        m_doing = Doing::Nothing;
        m_work->end();
        say(sorted ? tr("Written to %1; what is stored is sorted by it.").arg(m_file.file)
                   : failureSentence(sorted.error()));
        Q_EMIT applied();
        check(); // also what was typed meanwhile
    })
{
    setObjectName(u"kindRulesSheet"_s);
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Rules for kinds"));
    resize(parent ? (parent->window()->size() - QSize(roomAround, roomAround)).boundedTo(largestSheet) : largestSheet);
    build();
    m_typed.setSingleShot(true);
    m_typed.setInterval(typingRests);
    connect(&m_typed, &QTimer::timeout, this, &KindRulesSheet::check);
    connect(m_editor, &KindRulesEditor::textChanged, this, [this] {
        showWhatCanBeDone();
        m_typed.start();
    });
    m_fileLoad.ask([&data = m_context.data](std::stop_token stop) { return data.kindRulesFile(stop); });
}

void KindRulesSheet::build()
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(24, 24, 24, 24);
    layout->setSpacing(8);
    auto* title = new PlainTextLabel(tr("Rules for kinds"), TextSize::Title, PlainTextLabel::Ink::Text, this);
    title->setFont(uiFont(TextSize::Title, true));
    layout->addWidget(title);
    auto* why = new PlainTextLabel(tr("The first rule that fits a letter decides its kind, and own rules are asked "
                                      "before the bundled ones. What the text would change stands on the right before "
                                      "it counts."),
                                   TextSize::Body, PlainTextLabel::Ink::Muted, this);
    why->setWordWrap(true);
    layout->addWidget(why);
    m_answer = new PlainTextLabel(tr("Reading the rules"), this);
    m_answer->setObjectName(u"kindTrialAnswer"_s);
    m_answer->setFont(uiFont(TextSize::Body, true));
    m_answer->setWordWrap(true);
    layout->addWidget(m_answer);
    auto* panes = new SplitView(u"kind-rules"_s, Qt::Horizontal, {9, 14}, this);
    m_editor = new KindRulesEditor(panes);
    m_editor->setEnabled(false);
    panes->addWidget(m_editor);
    panes->addWidget(buildTables());
    layout->addWidget(panes, 1);
    m_note = new PlainTextLabel({}, this);
    m_note->setObjectName(u"kindRulesNote"_s);
    m_note->setWordWrap(true);
    m_note->hide();
    layout->addWidget(m_note);
    m_work = new WorkBar(m_context.settings, this);
    connect(m_work, &WorkBar::cancelAsked, this, &KindRulesSheet::stopWork);
    layout->addWidget(m_work);
    layout->addWidget(buildButtons());
}

QWidget* KindRulesSheet::buildTables()
{
    auto* tables = new SplitView(u"kind-rules-tables"_s, Qt::Vertical, {1, 1}, this);
    const auto table = [&](const QString& settingsName, const QString& objectName, const QString& spoken) {
        auto* made = new TableView(settingsName, m_context.prompter, tables);
        made->setObjectName(objectName);
        made->setAccessibleName(spoken);
        connect(made, &TableView::exportFailed, this, &KindRulesSheet::say);
        return made;
    };
    m_shares = table(u"kind-shares"_s, u"kindShares"_s, tr("Groups, and what the rules make of them"));
    m_shares->show(&m_shareRows, kindShareColumnSpecs(m_shareRows, [this] { return m_trial && m_trial->isTrial; }));
    m_shares->setRowKey([this](const QModelIndex& index) { return kindShareKey(m_shareRows.at(index)); });
    m_rules = table(u"kind-rules"_s, u"kindRules"_s, tr("Rules in the order in which they are asked"));
    m_rules->show(&m_ruleRows, kindRuleColumnSpecs(m_ruleRows, [this] { return QFileInfo(m_file.file).fileName(); }));
    m_rules->setRowKey([this](const QModelIndex& index) { return QString::number(m_ruleRows.at(index).place); });
    connect(m_rules, &TableView::rowActivated, this, [this] {
        const QModelIndex current = m_rules->currentSource();
        if (current.isValid() && m_ruleRows.at(current).use.isUsers)
            m_editor->goTo(m_ruleRows.at(current).use.line, 1);
    });
    auto* shares = titled(tr("What is stored"), m_shares, tables);
    m_leftOut = new PlainTextLabel({}, TextSize::Body, PlainTextLabel::Ink::Muted, shares);
    m_leftOut->hide();
    shares->layout()->addWidget(m_leftOut);
    tables->addWidget(shares);
    tables->addWidget(titled(tr("Rules, in the order in which they are asked"), m_rules, tables));
    return tables;
}

QWidget* KindRulesSheet::buildButtons()
{
    auto* bar = new QWidget(this);
    auto* buttons = new QHBoxLayout(bar);
    buttons->setContentsMargins(0, 0, 0, 0);
    buttons->setSpacing(8);
    const auto button = [&](const QString& text, const QString& name) {
        auto* made = new QPushButton(text, bar);
        made->setObjectName(name);
        made->setAutoDefault(false);
        buttons->addWidget(made);
        return made;
    };
    connect(button(tr("Open a file…"), u"openKindRules"_s), &QPushButton::clicked, this, &KindRulesSheet::openFile);
    m_again = button(tr("Try again"), u"tryKindRules"_s);
    connect(m_again, &QPushButton::clicked, this, &KindRulesSheet::check);
    m_save = button(tr("Save and apply…"), u"saveKindRules"_s);
    m_save->setProperty("primary", true);
    connect(m_save, &QPushButton::clicked, this, &KindRulesSheet::askSave);
    buttons->addWidget(new CommandLine(u"spillwayctl dlq kinds --test FILE"_s, bar), 1);
    connect(button(tr("Close"), u"closeKindRules"_s), &QPushButton::clicked, this, &QDialog::close);
    for (QPushButton* each : {m_again, m_save})
        each->setEnabled(false);
    return bar;
}

void KindRulesSheet::showFile(Result<KindRulesFile> file)
{
    if (!file) {
        m_answer->setText(failureSentence(file.error()));
        return;
    }
    m_file = std::move(*file);
    m_isRead = true;
    m_editor->setEnabled(!m_file.file.isEmpty());
    m_editor->show(m_file.text.value_or(QByteArray()),
                   m_file.text ? m_file.file : tr("%1, which is not there yet").arg(m_file.file));
    if (m_file.text && !isUtf8(*m_file.text))
        say(tr("Not all of the file is UTF-8; what is not stands as \uFFFD, and would be saved so."));
    check();
    m_editor->goTo(1, 1);
}

std::optional<QByteArray> KindRulesSheet::written() const
{
    QByteArray text = m_editor->text();
    if (!m_file.text && text.trimmed().isEmpty())
        return std::nullopt;
    return text;
}

bool KindRulesSheet::isModified() const
{
    if (!m_isRead)
        return false;
    // What the editor made of the file's own text is no change.
    const auto asRead = m_file.text ? std::optional(QString::fromUtf8(*m_file.text).toUtf8()) : std::nullopt;
    return written() != asRead;
}

/// The text, for its faults; what reads is then tried. In the pool: a mebibyte of rules takes longer than a picture.
void KindRulesSheet::check()
{
    m_typed.stop();
    if (!m_isRead || m_doing == Doing::Saving || m_doing == Doing::Sorting)
        return; // afterwards
    m_checkLoad.ask([text = written(), file = m_file.file](std::stop_token) -> Result<std::vector<FileIssue>> {
        return text ? KindRules::withUsersText(*text, file).issues : std::vector<FileIssue>{};
    });
}

void KindRulesSheet::showFaults(Result<std::vector<FileIssue>> issues)
{
    m_editor->showFaults(issues ? *issues : std::vector<FileIssue>{});
    if (m_editor->hasErrors() && m_trial) {
        m_trialLoad.cancel();
        m_doing = Doing::Nothing;
        m_work->end();
        m_answer->setText(tr("Not tried: the text has faults. On the right stands what was tried last."));
        showWhatCanBeDone();
        return;
    }
    askTrial(); // with faults in it: the rules in use
}

void KindRulesSheet::askTrial()
{
    m_doing = Doing::Trying;
    m_work->end();
    const auto progress = m_work->begin(tr("Trying the rules on what is stored"));
    std::optional<QByteArray> text;
    if (isModified() && !m_editor->hasErrors())
        text = written().value_or(QByteArray());
    m_triedText = m_editor->text();
    m_trialLoad.ask([&data = m_context.data, text, progress](std::stop_token stop) {
        return data.tryKindRules(text, progress.get(), stop);
    });
    showWhatCanBeDone();
}

void KindRulesSheet::showTrial(Result<KindTrial> trial)
{
    m_doing = Doing::Nothing;
    m_work->end();
    if (!trial) {
        m_answer->setText(failureSentence(trial.error()));
        showWhatCanBeDone();
        return;
    }
    m_trial = std::move(*trial);
    m_answer->setText(m_editor->hasErrors() ? tr("The text has faults. On the right stands what is in use.")
                                            : kindTrialText(*m_trial));
    m_shareRows.replace(m_trial->shares);
    std::vector<KindRuleRow> rules;
    for (const KindRuleUse& use : m_trial->rules)
        rules.push_back({.place = static_cast<int>(rules.size()) + 1, .use = use});
    m_ruleRows.replace(std::move(rules));
    m_leftOut->setText(tr("%1 more rows are left out here; the command line lists them all.")
                           .arg(formatCount(m_trial->sharesLeftOut)));
    m_leftOut->setVisible(m_trial->sharesLeftOut > 0);
    showWhatCanBeDone();
}

void KindRulesSheet::openFile()
{
    m_context.prompter.chooseOpenFile(this, tr("Open rules for kinds"), tr("Rules (*.yaml *.yml *.json)"),
                                      [self = QPointer(this)](const QString& file) {
                                          if (!self || file.isEmpty())
                                              return;
                                          self->m_otherLoad.ask(
                                              [file](std::stop_token) { return readKindRulesFile(file); });
                                      });
}

void KindRulesSheet::askSave()
{
    if (!m_trial)
        return;
    ConfirmRequest request;
    request.title = tr("Write %1?").arg(QFileInfo(m_file.file).fileName());
    request.consequence = tr("Letters that come are sorted by it at once, those that are stored in the background. "
                             "Decisions of people stay. It is a file: what it was before is not kept.");
    request.facts = {{tr("File"), m_file.file}, {tr("Would change"), letterSumText(m_trial->changed)}};
    if (m_trial->heldByPerson.letters > 0)
        request.facts.emplace_back(tr("Held by a person"), letterSumText(m_trial->heldByPerson));
    for (const KindShare& share : m_trial->shares) {
        if (!share.isChanged() || request.facts.size() >= mostFactsShown)
            break;
        request.facts.emplace_back(
            lettersText(share.letters),
            tr("%1: %2 → %3").arg(visibleText(share.title), kindText(share.before()), kindText(share.after())));
    }
    request.actionText = tr("Write and apply");
    m_context.prompter.confirm(this, request, [self = QPointer(this)](const ConfirmAnswer& answer) {
        if (!self || !answer.isAccepted)
            return;
        self->m_doing = Doing::Saving;
        self->showWhatCanBeDone();
        self->m_saveLoad.ask([&data = self->m_context.data, before = self->m_file,
                              text = self->m_triedText](std::stop_token stop) -> Result<bool> {
            if (const Status saved = data.saveKindRules(before, text, stop); !saved)
                return tl::unexpected<Error>(saved.error());
            return true;
        });
    });
}

void KindRulesSheet::showSaved(Result<bool> saved)
{
    m_doing = saved ? Doing::Sorting : Doing::Nothing;
    if (!saved) {
        say(failureSentence(saved.error()));
        check();
        return;
    }
    m_file.text = m_triedText;
    m_editor->setName(m_file.file);
    say({});
    const auto progress = m_work->begin(tr("Sorting what is stored by the new rules"));
    m_sortLoad.ask([&data = m_context.data, progress](std::stop_token stop) -> Result<bool> {
        if (const Status sorted = data.waitForKinds(progress.get(), stop); !sorted)
            return tl::unexpected<Error>(sorted.error());
        return true;
    });
    showWhatCanBeDone();
}

void KindRulesSheet::stopWork()
{
    const bool wasSorting = m_doing == Doing::Sorting;
    m_trialLoad.cancel();
    m_sortLoad.cancel();
    m_doing = Doing::Nothing;
    m_work->end();
    if (wasSorting) {
        say(tr("The new rules are in use; the rest is sorted in the background."));
        Q_EMIT applied();
        check();
    } else {
        m_answer->setText(tr("Stopped before all was looked at; nothing was changed."));
        m_trial.reset();
        m_shareRows.replace({});
        m_ruleRows.replace({});
    }
    showWhatCanBeDone();
}

/// Only what was tried just as it stands may be saved.
void KindRulesSheet::showWhatCanBeDone()
{
    const bool isBusy = m_doing != Doing::Nothing;
    const bool isTried = m_trial && m_trial->isTrial && !m_editor->hasErrors() && m_triedText == m_editor->text();
    m_save->setEnabled(!isBusy && isTried && isModified() && written().has_value());
    m_again->setEnabled(m_isRead && !isBusy);
}

void KindRulesSheet::reject()
{
    if (m_doing == Doing::Sorting) {
        stopWork();
        return;
    }
    if (!isModified() || m_isLeaving) {
        QDialog::reject();
        return;
    }
    ConfirmRequest request;
    request.title = tr("Leave without saving?");
    request.consequence = tr("What you wrote is lost. The rules in use stay as they are.");
    request.actionText = tr("Leave");
    m_context.prompter.confirm(this, request, [self = QPointer(this)](const ConfirmAnswer& answer) {
        if (!self || !answer.isAccepted)
            return;
        self->m_isLeaving = true;
        self->reject();
    });
}

void KindRulesSheet::say(const QString& text)
{
    m_note->setText(text);
    m_note->setVisible(!text.isEmpty());
}

} // namespace spillway::views
