// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/widgets/prompter.h"

#include "views/widgets/commandline.h"
#include "views/widgets/headline.h"
#include "views/widgets/plaintextlabel.h"

#include <QDesktopServices>
#include <QDialog>
#include <QFileDialog>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QPushButton>
#include <QUrl>
#include <QVBoxLayout>

#include <algorithm>
#include <vector>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

/// Enter in a field goes on to the next one that is empty, then to the button that acts: it neither takes back what was
/// written, as the safe default would, nor acts by itself.
class EnterGoesOn final : public QObject
{
public:
    EnterGoesOn(std::vector<QLineEdit*> fields, QPushButton* act, QObject* parent)
        : QObject(parent)
        , m_fields(std::move(fields))
        , m_act(act)
    {
        for (QLineEdit* field : m_fields)
            field->installEventFilter(this);
    }
    bool eventFilter(QObject*, QEvent* event) override
    {
        if (event->type() != QEvent::KeyPress)
            return false;
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key != Qt::Key_Return && key != Qt::Key_Enter)
            return false;
        for (QLineEdit* field : m_fields) {
            if (!field->isHidden() && field->text().trimmed().isEmpty()) {
                field->setFocus();
                return true;
            }
        }
        if (m_act->isEnabled())
            m_act->setFocus();
        return true;
    }

private:
    std::vector<QLineEdit*> m_fields;
    QPushButton* m_act;
};

QDialog* confirmDialog(QWidget* parent, const ConfirmRequest& request, const std::function<void(ConfirmAnswer)>& answer)
{
    auto* dialog = new QDialog(parent);
    dialog->setObjectName(u"confirmDialog"_s);
    dialog->setWindowTitle(request.title);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setMinimumWidth(520);
    auto* layout = new QVBoxLayout(dialog);
    layout->setContentsMargins(24, 24, 24, 24);
    layout->setSpacing(16);
    auto* title = new PlainTextLabel(request.title, TextSize::Title, PlainTextLabel::Ink::Text, dialog);
    title->setFont(uiFont(TextSize::Title, true));
    title->setWordWrap(true);
    layout->addWidget(title);
    auto* consequence = new PlainTextLabel(request.consequence, dialog);
    consequence->setWordWrap(true);
    layout->addWidget(consequence);
    auto* form = new QFormLayout;
    form->setHorizontalSpacing(16);
    form->setVerticalSpacing(8);
    form->setLabelAlignment(Qt::AlignLeft);
    for (const auto& [label, value] : request.facts) {
        auto* shown = new PlainTextLabel(value, dialog);
        shown->setWordWrap(true);
        shown->setSelectable(true);
        shown->setFocusPolicy(Qt::NoFocus);
        auto* what = new PlainTextLabel(label, TextSize::Body, PlainTextLabel::Ink::Muted, dialog);
        what->setAlignment(Qt::AlignLeft | Qt::AlignTop); // beside the first line of a long one
        form->addRow(what, shown);
    }
    layout->addLayout(form);

    auto* typed = new QLineEdit(dialog);
    typed->setObjectName(u"confirmName"_s);
    auto* text = new QLineEdit(dialog);
    text->setObjectName(u"confirmText"_s);
    text->setVisible(!request.asksText.isEmpty());
    auto* reason = new QLineEdit(dialog);
    reason->setObjectName(u"confirmReason"_s);
    typed->setVisible(!request.typeToConfirm.isEmpty());
    reason->setVisible(request.asksReason);
    const auto ask = [&](const QString& question, QLineEdit* field) {
        auto* label = new PlainTextLabel(question, dialog);
        label->setBuddy(field);
        field->setAccessibleName(question);
        auto* pair = new QVBoxLayout;
        pair->setSpacing(4);
        pair->addWidget(label);
        pair->addWidget(field);
        layout->addLayout(pair);
    };
    if (!request.typeToConfirm.isEmpty())
        ask(QDialog::tr("Type %1 to confirm").arg(request.typeToConfirm), typed);
    if (!request.asksText.isEmpty())
        ask(request.asksText, text);
    if (request.asksReason)
        ask(QDialog::tr("Reason, kept in the audit log"), reason);
    if (!request.commandLine.isEmpty())
        layout->addWidget(new CommandLine(request.commandLine, dialog));

    auto* act = new QPushButton(request.actionText, dialog);
    act->setObjectName(u"confirmAccept"_s);
    act->setProperty("primary", true);
    auto* leave = new QPushButton(QDialog::tr("Cancel"), dialog);
    leave->setObjectName(u"confirmCancel"_s);
    leave->setDefault(true);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    buttons->addStretch(1);
    buttons->addWidget(leave);
    buttons->addWidget(act);
    layout->addLayout(buttons);

    const auto allow = [act, typed, text, reason, asksText = !request.asksText.isEmpty(), name = request.typeToConfirm,
                        asksReason = request.asksReason] {
        act->setEnabled((name.isEmpty() || typed->text() == name) && (!asksText || !text->text().trimmed().isEmpty()) &&
                        (!asksReason || !reason->text().trimmed().isEmpty()));
    };
    QObject::connect(typed, &QLineEdit::textChanged, dialog, allow);
    QObject::connect(text, &QLineEdit::textChanged, dialog, allow);
    QObject::connect(reason, &QLineEdit::textChanged, dialog, allow);
    QObject::connect(act, &QPushButton::clicked, dialog, &QDialog::accept);
    QObject::connect(leave, &QPushButton::clicked, dialog, &QDialog::reject);
    QObject::connect(dialog, &QDialog::finished, dialog, [answer, text, reason](int result) {
        answer({.isAccepted = result == QDialog::Accepted,
                .reason = reason->text().trimmed(),
                .text = text->text().trimmed()});
    });
    new EnterGoesOn({typed, text, reason}, act, dialog);
    allow();
    // As high as its words need at its width: a guess at a narrower one would leave gaps between them.
    const int width = std::max(dialog->minimumWidth(), layout->totalSizeHint().width());
    dialog->resize(width,
                   layout->hasHeightForWidth() ? layout->totalHeightForWidth(width) : layout->totalSizeHint().height());
    if (!request.typeToConfirm.isEmpty())
        typed->setFocus();
    else if (!request.asksText.isEmpty())
        text->setFocus();
    else if (request.asksReason)
        reason->setFocus();
    else
        leave->setFocus();
    return dialog;
}

void openFileDialog(QFileDialog* dialog, const std::function<void(QString)>& answer)
{
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    QObject::connect(dialog, &QFileDialog::finished, dialog, [dialog, answer](int result) {
        answer(result == QDialog::Accepted ? dialog->selectedFiles().value(0) : QString());
    });
    dialog->open();
}

} // namespace

void DialogPrompter::confirm(QWidget* parent, const ConfirmRequest& request, std::function<void(ConfirmAnswer)> answer)
{
    confirmDialog(parent, request, answer)->open();
}

void DialogPrompter::chooseSaveFile(QWidget* parent, const QString& title, const QString& suggestion,
                                    const QString& filter, std::function<void(QString)> answer)
{
    auto* dialog = new QFileDialog(parent, title, {}, filter);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->selectFile(suggestion);
    openFileDialog(dialog, answer);
}

void DialogPrompter::chooseFolder(QWidget* parent, const QString& title, std::function<void(QString)> answer)
{
    auto* dialog = new QFileDialog(parent, title);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly, true);
    openFileDialog(dialog, answer);
}

void DialogPrompter::chooseOpenFile(QWidget* parent, const QString& title, const QString& filter,
                                    std::function<void(QString)> answer)
{
    auto* dialog = new QFileDialog(parent, title, {}, filter);
    dialog->setFileMode(QFileDialog::ExistingFile);
    openFileDialog(dialog, answer);
}

void DialogPrompter::openAddress(const QString& url)
{
    QDesktopServices::openUrl(QUrl(url, QUrl::StrictMode));
}

void Prompter::chooseOpenFile(QWidget*, const QString&, const QString&, std::function<void(QString)> answer)
{
    answer({});
}

void Prompter::openAddress(const QString&)
{
}

} // namespace spillway::views
