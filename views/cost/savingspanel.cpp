// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/cost/savingspanel.h"

#include "views/cost/costcolumns.h"
#include "views/cost/costwords.h"
#include "views/widgets/commandline.h"
#include "views/widgets/plaintextlabel.h"
#include "views/widgets/prompter.h"
#include "views/widgets/splitview.h"
#include "views/widgets/statepane.h"
#include "views/widgets/tableview.h"

#include <QFontDatabase>
#include <QHBoxLayout>
#include <QItemSelectionModel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QVBoxLayout>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

std::vector<ColumnSpec> savingColumns(const RowTable<Saving, QString>& table)
{
    ColumnSpec what = textColumn(0, SavingsPanel::tr("What to do"), 200,
                                 [&table](const QModelIndex& index) { return table.at(index).change; });
    what.stretches = true;
    ColumnSpec risk = textColumn(4, SavingsPanel::tr("Risk"), 96);
    risk.mark = [&table](const QModelIndex& index) { return std::optional(riskMark(table.at(index).risk)); };
    risk.sortKey = [&table](const QModelIndex& index) { return QVariant(static_cast<int>(table.at(index).risk)); };
    return {what,
            textColumn(1, SavingsPanel::tr("Event"), 152,
                       [&table](const QModelIndex& index) { return table.at(index).eventType; }),
            textColumn(2, SavingsPanel::tr("Owner"), 112,
                       [&table](const QModelIndex& index) { return table.at(index).team; }),
            amountColumn(
                3, SavingsPanel::tr("A month"), [&table](const QModelIndex& index) { return table.at(index).perMonth; },
                2, false),
            risk};
}

} // namespace

SavingsPanel::SavingsPanel(CostSource& source, Prompter& prompter, QWidget* parent)
    : QWidget(parent)
    , m_source(source)
    , m_prompter(prompter)
    , m_rows(5, [](const Saving& saving) { return saving.id; })
    , m_load([this](Result<SavingsSheet> sheet) { show(std::move(sheet)); })
    , m_write([this](Result<bool> done) {
        Q_EMIT said(done ? tr("The patch is written") : tr("Not written: %1").arg(done.error().detail));
    })
    , m_apply([this](Result<QStringList> files) {
        Q_EMIT said(files ? tr("Changed: %1").arg(files->join(u", "_s))
                          : tr("Nothing was written: %1").arg(files.error().detail));
        if (files)
            Q_EMIT applied();
        else
            askAgain();
    })
{
    m_title = new PlainTextLabel({}, TextSize::Title, PlainTextLabel::Ink::Text, this);
    m_title->setObjectName(u"savingsTitle"_s);
    m_title->setWordWrap(true);
    m_view = new TableView(u"cost-savings"_s, prompter, this);
    m_view->setObjectName(u"costSavings"_s);
    m_view->setAccessibleName(tr("What could be paid less for"));
    m_view->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_view->show(&m_rows, savingColumns(m_rows));
    m_view->setRowKey([this](const QModelIndex& index) { return m_rows.at(index.siblingAtColumn(0)).id; });
    connect(m_view->selectionModel(), &QItemSelectionModel::selectionChanged, this, &SavingsPanel::choose);
    connect(m_view, &TableView::currentRowChanged, this, &SavingsPanel::showDetail);
    connect(m_view, &TableView::exportFailed, this, &SavingsPanel::said);
    auto* split = new SplitView(u"cost-savings"_s, Qt::Horizontal, {4, 3}, this);
    split->addWidget(m_view);
    split->addWidget(makeDetail());
    m_command = new CommandLine(u"spillwayctl cost savings"_s, this);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 12, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(m_title);
    m_pane = new StatePane(split, this);
    m_pane->setObjectName(u"savingsPane"_s);
    layout->addWidget(m_pane, 1);
    layout->addWidget(m_command);
}

QWidget* SavingsPanel::makeDetail()
{
    auto* detail = new QWidget(this);
    const auto label = [detail](const QString& name, TextSize size, PlainTextLabel::Ink ink) {
        auto* made = new PlainTextLabel({}, size, ink, detail);
        made->setObjectName(name);
        made->setWordWrap(true);
        made->setSelectable(true);
        return made;
    };
    m_what = label(u"savingWhat"_s, TextSize::Title, PlainTextLabel::Ink::Text);
    m_evidence = label(u"savingEvidence"_s, TextSize::Body, PlainTextLabel::Ink::Text);
    m_risk = label(u"savingRisk"_s, TextSize::Body, PlainTextLabel::Ink::Muted);
    m_bill = label(u"savingBill"_s, TextSize::Body, PlainTextLabel::Ink::Text);
    m_patch = new QPlainTextEdit(detail);
    m_patch->setObjectName(u"savingPatch"_s);
    m_patch->setAccessibleName(tr("The edits of the files, as a patch"));
    m_patch->setReadOnly(true);
    m_patch->setLineWrapMode(QPlainTextEdit::WidgetWidth);
    m_patchTitle = label(u"savingPatchTitle"_s, TextSize::Body, PlainTextLabel::Ink::Muted);
    m_patch->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_export = new QPushButton(tr("Export the patch…"), detail);
    m_export->setObjectName(u"savingExport"_s);
    m_make = new QPushButton(tr("Change the files…"), detail);
    m_make->setObjectName(u"savingApply"_s);
    connect(m_export, &QPushButton::clicked, this, &SavingsPanel::exportPatch);
    connect(m_make, &QPushButton::clicked, this, &SavingsPanel::apply);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    buttons->addStretch(1);
    buttons->addWidget(m_export);
    buttons->addWidget(m_make);
    auto* layout = new QVBoxLayout(detail);
    layout->setContentsMargins(16, 0, 0, 0);
    layout->setSpacing(8);
    for (QWidget* one : std::initializer_list<QWidget*>{m_what, m_evidence, m_risk, m_bill, m_patchTitle})
        layout->addWidget(one);
    layout->addWidget(m_patch, 1);
    layout->addLayout(buttons);
    return detail;
}

void SavingsPanel::ask(const CostRequest& request)
{
    if (m_rows.rowCount() == 0)
        m_title->setText(tr("Looking for savings"));
    m_request = request;
    askAgain();
}

void SavingsPanel::askAgain()
{
    m_load.ask([&source = m_source, request = m_request, chosen = m_chosen](std::stop_token stop) {
        return source.savings(request, chosen, stop);
    });
}

void SavingsPanel::show(Result<SavingsSheet> sheet)
{
    if (!sheet) {
        m_title->setText(tr("Savings could not be looked for: %1").arg(sheet.error().detail));
        return;
    }
    m_sheet = std::move(*sheet);
    m_rows.apply(m_sheet.savings);
    m_title->setText(savingsHeadline(m_sheet));
    if (!m_view->currentSource().isValid() && m_view->model()->rowCount() > 0)
        m_view->setCurrentIndex(m_view->model()->index(0, 0));
    m_bill->setText(m_sheet.after
                        ? tr("With what is chosen the bill is %1 %3 instead of %2 %3")
                              .arg(moneyText(*m_sheet.after, 2), moneyText(m_sheet.before, 2), m_sheet.currency)
                        : QString());
    m_patch->setPlainText(m_sheet.patch);
    m_patchTitle->setText(m_sheet.hasEdits ? tr("The edit, as a patch; in the workspace's folder: git apply FILE")
                                           : tr("No file holds this; by hand:"));
    if (m_sheet.savings.empty())
        m_pane->showEmpty(
            tr("No advice is worth a cent a month"),
            tr("Advice rests on what was sampled: lag, groups, payloads and sizes of logs. Keep spillwayctl "
               "collect running for a day, or look at what it costs with other volumes under Bill."));
    else
        m_pane->showContent();
    m_export->setEnabled(!m_sheet.savings.empty());
    m_make->setEnabled(!m_chosen.isEmpty() && m_sheet.hasEdits);
    m_command->setLine(savingsCommand(m_request, m_sheet, m_chosen));
    showDetail();
}

void SavingsPanel::showDetail()
{
    const QModelIndex index = m_view->currentSource();
    if (!index.isValid() || index.row() >= m_rows.rowCount()) {
        for (PlainTextLabel* label : {m_what, m_evidence, m_risk})
            label->setText({});
        return;
    }
    const Saving& saving = m_rows.at(index);
    m_what->setText(saving.change);
    m_evidence->setText(saving.basis.isEmpty() ? saving.evidence : saving.evidence + u' ' + saving.basis);
    m_risk->setText(tr("Risk %1: %2").arg(riskMark(saving.risk).word, saving.riskReason));
}

void SavingsPanel::choose()
{
    QStringList ids;
    for (const QModelIndex& index : m_view->selectedSources())
        ids += m_rows.at(index).id;
    if (ids == m_chosen)
        return;
    m_chosen = ids;
    askAgain();
}

void SavingsPanel::exportPatch()
{
    m_prompter.chooseSaveFile(this, tr("Export the patch"), u"savings.patch"_s, tr("Patch (*.patch *.diff)"),
                              [this](const QString& file) {
                                  if (file.isEmpty())
                                      return;
                                  m_write.ask([&source = m_source, request = m_request, chosen = m_chosen,
                                               file](std::stop_token stop) -> Result<bool> {
                                      const Status written = source.writePatch(request, chosen, file, stop);
                                      if (!written)
                                          return tl::unexpected(written.error());
                                      return true;
                                  });
                              });
}

void SavingsPanel::apply()
{
    ConfirmRequest request;
    request.title = m_chosen.size() == 1 ? tr("Change the workspace's files for 1 saving?")
                                         : tr("Change the workspace's files for %1 savings?").arg(m_chosen.size());
    request.consequence = tr("Only the lines of the patch change, comments stay. Nothing is changed on a broker.");
    for (const QString& id : m_chosen)
        request.facts.emplace_back(tr("Advice"), id);
    for (const QString& line : m_sheet.byHand)
        request.facts.emplace_back(tr("By hand"), line);
    request.actionText = tr("Change the files");
    request.commandLine = savingsCommand(m_request, m_sheet, m_chosen) + u" --apply"_s;
    m_prompter.confirm(this, request, [this](const ConfirmAnswer& answer) {
        if (!answer.isAccepted)
            return;
        m_apply.ask([&source = m_source, asked = m_request, chosen = m_chosen](std::stop_token stop) {
            return source.applySavings(asked, chosen, stop);
        });
    });
}

} // namespace spillway::views
